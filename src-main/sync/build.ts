/** Which build this is, for central's list of desks. */
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';

export const BUILD = `protocol ${PROTOCOL_VERSION}`;
