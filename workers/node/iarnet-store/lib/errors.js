/** The object store refused, failed, or could not be reached. */
export class StoreError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

export class ObjectNotFoundError extends StoreError {}
export class StoreFullError extends StoreError {}
export class ObjectTooLargeError extends StoreError {}
export class OwnerReleasedError extends StoreError {}
export class InvalidRequestError extends StoreError {}
export class SourceUnavailableError extends StoreError {}
export class ObjectLostError extends StoreError {}
export class QuotaExceededError extends StoreError {}
export class StoreUnavailableError extends StoreError {}
export class StoreTimeoutError extends StoreError {}
export class CodecError extends StoreError {}

const ofCode = new Map([
  [1, ['NOT_FOUND', ObjectNotFoundError]],
  [2, ['RESOURCE_EXHAUSTED', StoreFullError]],
  [3, ['OUT_OF_RANGE', ObjectTooLargeError]],
  [4, ['FAILED_PRECONDITION', OwnerReleasedError]],
  [5, ['INVALID_ARGUMENT', InvalidRequestError]],
  [6, ['UNAVAILABLE', StoreUnavailableError]],
  [7, ['SOURCE_UNAVAILABLE', SourceUnavailableError]],
  [8, ['DATA_LOSS', ObjectLostError]],
  [9, ['QUOTA_EXCEEDED', QuotaExceededError]],
  [10, ['INTERNAL', StoreError]],
]);

/** The error that an ERROR frame stands for. */
export function fromCode(code, text, path, id) {
  const [name, Kind] = ofCode.get(code) ?? [`error ${code}`, StoreError];
  return new Kind(`store at ${path}:${id ? ` object ${id}` : ''} ${name}: ${text}`);
}
