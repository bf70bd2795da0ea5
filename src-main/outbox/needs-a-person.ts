/** Which unsettled mutations wait for a person, as a condition on `outbox`; the list and its count both use it. */

/**
 * Central waits for a mutation that is neither on its way from here nor settled here: it won't come by itself. The state
 * alone would not tell, for a held one is offered again now and then and is `sent` meanwhile.
 */
const WAITS_FOR_EVER = `outbox.held_since is not null and outbox.state in ('waiting', 'sent', 'held') and exists (select 1 from json_each(outbox.depends_on) needed
  where not exists (select 1 from outbox here where here.mutation_id = needed.value)
    and not exists (select 1 from journal settled where settled.mutation_id = needed.value))`;

/** Central waits for one that is in quarantine here: it goes on when a person has dealt with that. */
const BEHIND_QUARANTINE = `outbox.held_since is not null and exists (select 1 from json_each(outbox.depends_on) needed
  join outbox here on here.mutation_id = needed.value
  where here.state = 'quarantined' and here.superseded_by is null)`;

/** Whether nothing but a person can move it on, as a condition on what is not judged yet. */
export const IS_STUCK = `outbox.superseded_by is null and (${WAITS_FOR_EVER} or ${BEHIND_QUARANTINE})`;

/**
 * In quarantine, or held for ever, with nothing standing in for it yet; or refused as the last word of its lane: what
 * was refused earlier has been dealt with by what came after.
 */
export const NEEDS_A_PERSON = `(outbox.superseded_by is null and (outbox.state = 'quarantined' or ${WAITS_FOR_EVER}))
  or (outbox.state = 'refused'
    and not exists (select 1 from outbox later where later.lane = outbox.lane and later.seq > outbox.seq))`;
