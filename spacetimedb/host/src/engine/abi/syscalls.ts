/** An index, and the range of it in the module's buffer: see `readRange`. */
export type RangeArguments = [
  indexId: number,
  buffer: ArrayBuffer,
  prefixLen: number,
  prefixElems: number,
  rstartLen: number,
  rendLen: number,
];

/**
 * The functions of `spacetime:sys@2.0` and `@2.1`, by name, as the module library's `sys.d.ts` declares them.
 * Buffers are the module's own: a syscall reads and writes them in place and keeps none.
 */
export interface Syscalls {
  table_id_from_name(name: string): number;
  index_id_from_name(name: string): number;
  datastore_table_row_count(tableId: number): bigint;
  datastore_table_scan_bsatn(tableId: number): number;
  datastore_index_scan_range_bsatn(...args: RangeArguments): number;
  datastore_index_scan_point_bsatn(indexId: number, point: ArrayBuffer, pointLen: number): number;
  datastore_delete_by_index_scan_range_bsatn(...args: RangeArguments): number;
  datastore_delete_by_index_scan_point_bsatn(indexId: number, point: ArrayBuffer, pointLen: number): number;
  row_iter_bsatn_advance(iter: number, buffer: ArrayBuffer): number;
  row_iter_bsatn_close(iter: number): void;
  datastore_insert_bsatn(tableId: number, row: ArrayBuffer, rowLen: number): number;
  datastore_update_bsatn(tableId: number, indexId: number, row: ArrayBuffer, rowLen: number): number;
  datastore_delete_all_by_eq_bsatn(tableId: number, relation: ArrayBuffer, relationLen: number): number;
  datastore_clear(tableId: number): bigint;
  volatile_nonatomic_schedule_immediate(reducerName: string, args: Uint8Array): void;
  console_log(level: number, message: string): void;
  console_timer_start(name: string): number;
  console_timer_end(spanId: number): void;
  identity(): bigint;
  get_jwt_payload(connectionId: bigint): Uint8Array;
  procedure_start_mut_tx(): bigint;
  procedure_commit_mut_tx(): void;
  procedure_abort_mut_tx(): void;
  procedure_http_request(request: Uint8Array, body: Uint8Array | string): [Uint8Array, Uint8Array];
}

/** What `spacetime:sys@2.0` exports besides the symbol `moduleHooks`. */
export const SYS_2_0 = [
  'table_id_from_name',
  'index_id_from_name',
  'datastore_table_row_count',
  'datastore_table_scan_bsatn',
  'datastore_index_scan_range_bsatn',
  'datastore_index_scan_point_bsatn',
  'datastore_delete_by_index_scan_range_bsatn',
  'datastore_delete_by_index_scan_point_bsatn',
  'row_iter_bsatn_advance',
  'row_iter_bsatn_close',
  'datastore_insert_bsatn',
  'datastore_update_bsatn',
  'datastore_delete_all_by_eq_bsatn',
  'volatile_nonatomic_schedule_immediate',
  'console_log',
  'console_timer_start',
  'console_timer_end',
  'identity',
  'get_jwt_payload',
  'procedure_start_mut_tx',
  'procedure_commit_mut_tx',
  'procedure_abort_mut_tx',
  'procedure_http_request',
] as const satisfies readonly (keyof Syscalls)[];

/** What `spacetime:sys@2.1` adds. */
export const SYS_2_1 = ['datastore_clear'] as const satisfies readonly (keyof Syscalls)[];
