/** An index and an encoded range of it: see `readRange`. */
export type RangeArguments = [
  indexId: number,
  bytes: Uint8Array,
  prefixLen: number,
  prefixElems: number,
  rstartLen: number,
  rendLen: number,
];

/** The answer to a module's HTTP request. */
export interface HttpAnswer {
  /** BSATN of an `HttpResponse`. */
  readonly response: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * The functions of `spacetime:sys@2.0` and `@2.1`, as the module library's `sys.d.ts` declares them. Byte arrays are
 * borrowed: a syscall reads or writes them in place and must not keep them. Each array is exactly as long as its
 * content.
 */
export interface Syscalls {
  table_id_from_name(name: string): number;
  index_id_from_name(name: string): number;
  datastore_table_row_count(tableId: number): bigint;
  datastore_table_scan_bsatn(tableId: number): number;
  datastore_index_scan_range_bsatn(...args: RangeArguments): number;
  datastore_index_scan_point_bsatn(indexId: number, point: Uint8Array): number;
  datastore_delete_by_index_scan_range_bsatn(...args: RangeArguments): number;
  datastore_delete_by_index_scan_point_bsatn(indexId: number, point: Uint8Array): number;
  row_iter_bsatn_advance(iter: number, target: Uint8Array): number;
  row_iter_bsatn_close(iter: number): void;
  datastore_insert_bsatn(tableId: number, row: Uint8Array): number;
  datastore_update_bsatn(tableId: number, indexId: number, row: Uint8Array): number;
  datastore_delete_all_by_eq_bsatn(tableId: number, relation: Uint8Array): number;
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
  /** Only where a call may wait. @param request BSATN of an `HttpRequest` */
  procedure_http_request(request: Uint8Array, body: Uint8Array): HttpAnswer;
}
