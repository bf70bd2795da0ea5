/** For trying the program only: a house's own people are made by its admin. */
export const SAMPLE_PEOPLE = [
  { userName: 'clerk', displayName: '陈晓雯 Chen', role: 'clerk', branchCode: 'PD', password: 'clerk-sample' },
  { userName: 'manager', displayName: '王建国 Wang', role: 'manager', branchCode: 'PD', password: 'manager-sample' },
  { userName: 'clerk-xh', displayName: '李婷 Li', role: 'clerk', branchCode: 'XH', password: 'clerk-sample' },
  // Last: who finds the admin finds everything before it.
  { userName: 'admin', displayName: '管理员 Admin', role: 'admin', branchCode: null, password: 'admin-sample' },
] as const;
