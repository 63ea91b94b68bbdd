/** HTTP requests and responses as modules send and receive them (crates/lib/src/http.rs). Bodies travel separately. */
import { AlgebraicType, BinaryReader, BinaryWriter, t, type Infer } from 'spacetimedb';

const HttpMethod = t.enum('HttpMethod', {
  Get: t.unit(),
  Head: t.unit(),
  Post: t.unit(),
  Put: t.unit(),
  Delete: t.unit(),
  Connect: t.unit(),
  Options: t.unit(),
  Trace: t.unit(),
  Patch: t.unit(),
  Extension: t.string(),
});

const HttpHeaders = t.object('HttpHeaders', {
  entries: t.array(t.object('HttpHeaderPair', { name: t.string(), value: t.byteArray() })),
});

const HttpVersion = t.enum('HttpVersion', {
  Http09: t.unit(),
  Http10: t.unit(),
  Http11: t.unit(),
  Http2: t.unit(),
  Http3: t.unit(),
});

const HttpRequest = t.object('HttpRequest', {
  method: HttpMethod,
  headers: HttpHeaders,
  timeout: t.option(t.timeDuration()),
  uri: t.string(),
  version: HttpVersion,
});
export type HttpRequest = Infer<typeof HttpRequest>;

const HttpResponse = t.object('HttpResponse', { headers: HttpHeaders, version: HttpVersion, code: t.u16() });
export type HttpResponse = Infer<typeof HttpResponse>;

const readRequest = AlgebraicType.makeDeserializer(HttpRequest.algebraicType);
const writeRequest = AlgebraicType.makeSerializer(HttpRequest.algebraicType);
const readResponse = AlgebraicType.makeDeserializer(HttpResponse.algebraicType);
const writeResponse = AlgebraicType.makeSerializer(HttpResponse.algebraicType);

/** @param bytes BSATN @throws {Error} when it is not a request */
export function decodeHttpRequest(bytes: Uint8Array): HttpRequest {
  return readRequest(new BinaryReader(bytes)) as HttpRequest;
}

/** @returns BSATN */
export function encodeHttpRequest(request: HttpRequest): Uint8Array {
  const writer = new BinaryWriter(1024);
  writeRequest(writer, request);
  return writer.getBuffer();
}

/** @param bytes BSATN @throws {Error} when it is not a response */
export function decodeHttpResponse(bytes: Uint8Array): HttpResponse {
  return readResponse(new BinaryReader(bytes)) as HttpResponse;
}

/** @returns BSATN */
export function encodeHttpResponse(response: HttpResponse): Uint8Array {
  const writer = new BinaryWriter(256);
  writeResponse(writer, response);
  return writer.getBuffer();
}

/** The method's name on the wire. */
export function methodName(method: HttpRequest['method']): string {
  return method.tag === 'Extension' ? method.value : method.tag.toUpperCase();
}

/** The method of a request as modules see it. @param name in upper case */
export function methodOf(name: string): HttpRequest['method'] {
  const tag = name.charAt(0) + name.slice(1).toLowerCase();
  return HTTP_METHODS.has(tag) ? ({ tag } as HttpRequest['method']) : { tag: 'Extension', value: name };
}

const HTTP_METHODS: ReadonlySet<string> = new Set(
  'Get Head Post Put Delete Connect Options Trace Patch'.split(' '),
);
