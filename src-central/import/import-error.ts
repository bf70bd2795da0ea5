/** Why an import as a whole can't run, as data; nothing has been written then. Text: import-text.ts. */
export interface ImportFaults {
  usage: { reason: string };
  fileMissing: { file: string };
  notText: { file: string; encoding: string };
  notSpreadsheet: { file: string };
  badQuotes: { file: string; row: number };
  noHeader: { file: string };
  tooManyRows: { file: string; max: number };
  tooLarge: { file: string; maxMegabytes: number };
  sheetUnknown: { sheet: string; sheets: string };
  fieldUnknown: { field: string; fields: string };
  columnUnknown: { column: string; columns: string };
  columnAmbiguous: { field: string; columns: string };
  fieldsMissing: { fields: string; columns: string };
  branchUnknown: { branch: string; branches: string };
  branchNeeded: { branches: string };
  noBranches: object;
  notReady: object;
}
export type ImportFault = keyof ImportFaults;

export class ImportError extends Error {
  readonly fault: ImportFault;
  readonly params: ImportFaults[ImportFault];

  constructor(fault: ImportFault, params: ImportFaults[ImportFault]) {
    super(`${fault} ${JSON.stringify(params)}`);
    this.name = 'ImportError';
    this.fault = fault;
    this.params = params;
  }
}

export function importError<F extends ImportFault>(fault: F, params: ImportFaults[F]): ImportError {
  return new ImportError(fault, params);
}
