export { StoreClient } from './lib/client.js';
export {
  CodecError,
  InvalidRequestError,
  ObjectLostError,
  ObjectNotFoundError,
  ObjectTooLargeError,
  OwnerReleasedError,
  QuotaExceededError,
  SourceUnavailableError,
  StoreError,
  StoreFullError,
  StoreTimeoutError,
  StoreUnavailableError,
} from './lib/errors.js';
