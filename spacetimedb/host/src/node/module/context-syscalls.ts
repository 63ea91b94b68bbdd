/** Why a host call failed, for `host.failureCode`. Positive numbers are an errno. */
export const FAILURE = { stackOverflow: 0, typeError: -1, rangeError: -2, bufferTooSmall: -3 } as const;

/**
 * The part of the context's prelude that makes `spacetime:sys` from the host's functions: it copies bytes through the
 * transfer buffer, and replaces the host's errors. Uses the names of `CONTEXT_GLOBALS`, and `host`.
 */
export const CONTEXT_SYSCALLS = `
  // ---- Bytes ----------------------------------------------------------------------------------------------------

  let transferBuffer = new ArrayBuffer(65536);
  let transfer = new Uint8Array(transferBuffer);
  let capacity = 65536;
  host.useTransfer(transferBuffer);

  function reserve(size) {
    if (size <= capacity) return;
    const next = size > capacity * 2 ? size : capacity * 2;
    const buffer = new ArrayBuffer(next);
    const view = new Uint8Array(buffer);
    call(host.useTransfer, buffer);
    transferBuffer = buffer;
    transfer = view;
    capacity = next;
  }

  function bytesToTransfer(view) {
    const length = apply(lengthOfTypedArray, view, []);
    reserve(length);
    apply(copyBytes, transfer, [view]);
    return length;
  }

  /** Copies the first bytes of a module's buffer. @throws {RangeError} when it is shorter */
  function bufferToTransfer(buffer, length) {
    apply(byteLengthOfBuffer, buffer, []);
    return bytesToTransfer(new Uint8Array(buffer, 0, number(length)));
  }

  function transferToBuffer(length, buffer) {
    if (length > 0) apply(copyBytes, new Uint8Array(buffer), [new Uint8Array(transferBuffer, 0, length)]);
  }

  function bytesFromTransfer(length, start = 0) {
    const bytes = new Uint8Array(length);
    apply(copyBytes, bytes, [new Uint8Array(transferBuffer, start, length)]);
    return bytes;
  }

  // ---- Host calls -------------------------------------------------------------------------------------------------

  let hooks;

  function call(hostFunction, a, b, c, d, e, f) {
    try {
      return hostFunction(a, b, c, d, e, f);
    } catch {
      // What the host threw belongs to its realm, so it is never read.
    }
    throw hostError();
  }

  function hostError() {
    let code = 0;
    let message = '';
    let needed = 0;
    try {
      code = host.failureCode();
      message = host.failureMessage();
      needed = host.failureNeeded();
    } catch {
      code = ${FAILURE.stackOverflow};
    }
    if (code === ${FAILURE.stackOverflow}) return new RangeError('Maximum call stack size exceeded');
    if (code === ${FAILURE.typeError}) return new TypeError(message);
    if (code === ${FAILURE.rangeError}) return new RangeError(message);
    if (code === ${FAILURE.bufferTooSmall}) return { __buffer_too_small__: needed };
    const Class = hooks === undefined ? Error : hooks.__get_error_constructor__(code);
    return new Class(message);
  }

  function number(value) {
    if (typeof value === 'number') return value;
    throw new TypeError('a host call takes a number here');
  }

  function bigint(value) {
    if (typeof value === 'bigint') return value;
    throw new TypeError('a host call takes a bigint here');
  }

  function text(value) {
    if (typeof value === 'string') return value;
    throw new TypeError('a host call takes a string here');
  }

  const sys = host.syscalls;

  function pointCall(hostFunction) {
    return (indexId, point, length) => call(hostFunction, number(indexId), bufferToTransfer(point, length));
  }

  function rangeCall(hostFunction) {
    return (indexId, buffer, prefixLength, prefixElements, startLength, endLength) => {
      const length = number(prefixLength) + number(startLength) + number(endLength);
      bufferToTransfer(buffer, length);
      return call(hostFunction, number(indexId), prefixLength, number(prefixElements), startLength, endLength);
    };
  }

  const sys20 = {
    __proto__: null,
    moduleHooks: globalThis.Symbol('SpacetimeDB.moduleHooks.v2'),
    table_id_from_name: (name) => call(sys.table_id_from_name, text(name)),
    index_id_from_name: (name) => call(sys.index_id_from_name, text(name)),
    datastore_table_row_count: (tableId) => call(sys.datastore_table_row_count, number(tableId)),
    datastore_table_scan_bsatn: (tableId) => call(sys.datastore_table_scan_bsatn, number(tableId)),
    datastore_index_scan_range_bsatn: rangeCall(sys.datastore_index_scan_range_bsatn),
    datastore_index_scan_point_bsatn: pointCall(sys.datastore_index_scan_point_bsatn),
    datastore_delete_by_index_scan_range_bsatn: rangeCall(sys.datastore_delete_by_index_scan_range_bsatn),
    datastore_delete_by_index_scan_point_bsatn: pointCall(sys.datastore_delete_by_index_scan_point_bsatn),
    row_iter_bsatn_advance: (iterator, buffer) => {
      const size = apply(byteLengthOfBuffer, buffer, []);
      reserve(size);
      const written = call(sys.row_iter_bsatn_advance, number(iterator), size);
      transferToBuffer(written < 0 ? -written : written, buffer);
      return written;
    },
    row_iter_bsatn_close: (iterator) => call(sys.row_iter_bsatn_close, number(iterator)),
    datastore_insert_bsatn: (tableId, row, length) => {
      const written = call(sys.datastore_insert_bsatn, number(tableId), bufferToTransfer(row, length));
      transferToBuffer(written, row);
      return written;
    },
    datastore_update_bsatn: (tableId, indexId, row, length) => {
      const bytes = bufferToTransfer(row, length);
      const written = call(sys.datastore_update_bsatn, number(tableId), number(indexId), bytes);
      transferToBuffer(written, row);
      return written;
    },
    datastore_delete_all_by_eq_bsatn: (tableId, relation, length) =>
      call(sys.datastore_delete_all_by_eq_bsatn, number(tableId), bufferToTransfer(relation, length)),
    volatile_nonatomic_schedule_immediate: (name, args) =>
      call(sys.volatile_nonatomic_schedule_immediate, text(name), bytesToTransfer(viewOf(args))),
    console_log: (level, message) => call(sys.console_log, number(level), String(message)),
    console_timer_start: (name) => call(sys.console_timer_start, String(name)),
    console_timer_end: (span) => call(sys.console_timer_end, number(span)),
    identity: () => call(sys.identity),
    get_jwt_payload: (connectionId) => encodeText(call(sys.get_jwt_payload, bigint(connectionId))),
    procedure_start_mut_tx: () => call(sys.procedure_start_mut_tx),
    procedure_commit_mut_tx: () => call(sys.procedure_commit_mut_tx),
    procedure_abort_mut_tx: () => call(sys.procedure_abort_mut_tx),
    procedure_http_request: (request, body) => {
      const head = viewOf(request);
      const content = typeof body === 'string' ? encodeText(body) : viewOf(body);
      const headLength = apply(lengthOfTypedArray, head, []);
      const contentLength = apply(lengthOfTypedArray, content, []);
      reserve(headLength + contentLength);
      apply(copyBytes, transfer, [head]);
      apply(copyBytes, transfer, [content, headLength]);
      const length = call(sys.procedure_http_request, headLength, contentLength);
      reserve(length);
      const responseLength = call(sys.take_http_answer);
      return [bytesFromTransfer(responseLength), bytesFromTransfer(length - responseLength, responseLength)];
    },
  };
  const modules = {
    __proto__: null,
    'spacetime:sys@2.0': freeze(sys20),
    'spacetime:sys@2.1': freeze({
      __proto__: null,
      datastore_clear: (tableId) => call(sys.datastore_clear, number(tableId)),
    }),
  };

  function importFrom(name, ...names) {
    const module = modules[name];
    if (module === undefined) throw new TypeError(whyMissing(name));
    for (let n = 0; n < names.length; n++) {
      if (names[n] in module) continue;
      const missing = "' does not provide an export named '" + names[n] + "'";
      throw new SyntaxError("The requested module '" + name + missing);
    }
    return module;
  }

  function whyMissing(name) {
    const quoted = '"' + name + '"';
    if (apply(startsWith, name, ['spacetime:sys@1.'])) {
      return 'Could not import ' + quoted + ': the module was built with version 1 of the spacetimedb library, and this' +
        ' host runs modules of version 2; update the library and build the module again';
    }
    if (apply(startsWith, name, ['spacetime:sys@'])) {
      return 'Could not import ' + quoted + ', likely because this module was built for a newer version of SpacetimeDB';
    }
    return 'Could not find module ' + quoted;
  }

  const refuseImport = () =>
    apply(reject, Promise, [new TypeError('import() is not available in a module')]);
`;
