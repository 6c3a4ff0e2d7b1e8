/** 32 hexadecimal digits, or 16 bytes. */
export type ObjectId = string | Uint8Array;

/** What can be put without being encoded. */
export type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

export interface ConnectOptions {
  /** The store's segment folder as this process sees it. Default: the environment variable IARNET_SEGMENT_FOLDER. */
  folder?: string;
  /** 1 to 128 characters: whose the objects are that this client puts. They go when it releases them, or when the store releases the owner. */
  owner: string;
  /** Milliseconds for each exchange with the store, besides the time that a call is asked to wait. Default: 30,000. */
  deadline?: number;
}

export interface GetOptions {
  /** Milliseconds to wait for an object that is not there yet. Default: 0. */
  wait?: number;
  /** The store that has it. Default: this one. */
  source?: string;
  /** Gives up; the promise rejects with the signal's reason, and what still comes is given back. */
  signal?: AbortSignal;
}

export interface PutOptions {
  /** Default for put(): "raw". */
  codec?: string;
  /** Default: the store makes one. */
  id?: ObjectId;
  /** Milliseconds after which the object is gone. Default: it stays until it is released. */
  timeToLive?: number;
  /** Texts that come back with the object. */
  metadata?: Record<string, string>;
  signal?: AbortSignal;
}

export interface WaitOptions {
  /** How many are enough. Default: all. */
  count?: number;
  /** Milliseconds. Default: 30,000. */
  timeout?: number;
  signal?: AbortSignal;
}

export interface StoredObject {
  /** 32 hexadecimal digits. */
  id: string;
  codec: string;
  metadata: Record<string, string>;
  /** A copy that is the caller's own. */
  bytes: Buffer;
}

export interface Stored {
  id: string;
  /** The store that has it; (id, source) is a reference. */
  source: string;
  size: number;
  /** An object with this id was there already; the bytes just put were dropped. */
  existed: boolean;
}

/**
 * Puts and gets objects of the store on this host. Calls may be made at the same time; they share one connection. When the connection is
 * lost, calls that wait fail with StoreUnavailableError, and the next call connects again.
 */
export class StoreClient {
  private constructor();

  /** Connects. Rejects with StoreUnavailableError when there is no store in the folder. */
  static connect(options: ConnectOptions): Promise<StoreClient>;

  /** The store's name. */
  readonly source: string;

  /** Copies an object out of shared memory. Rejects with ObjectNotFoundError when it is not there, or does not come in time. */
  get(id: ObjectId, options?: GetOptions): Promise<StoredObject>;

  /**
   * The value in an object: "json" parsed, "array.*" of numbers as typed arrays ("array.bool" as an array of booleans, "array.float16" as a
   * Float32Array before Node.js 24), "raw" and "protobuf" as a Buffer. Rejects with CodecError for what only Python reads.
   */
  getValue(id: ObjectId, options?: GetOptions): Promise<unknown>;

  /**
   * Puts bytes, or several buffers one after the other, copied once into shared memory. They must not change until the promise is settled.
   */
  put(data: Bytes | Bytes[], options?: PutOptions): Promise<Stored>;

  /** Puts a value: bytes as "raw", typed arrays of numbers as "array.*" (T[] in C#), all else as "json". */
  putValue(value: unknown, options?: Omit<PutOptions, 'codec'>): Promise<Stored>;

  /** Waits until so many of the objects are there, at most for the timeout; being too late is an answer, not an error. */
  wait(ids: ObjectId[], options?: WaitOptions): Promise<{ present: string[]; absent: string[] }>;

  /** Gives up one reference of this owner to each object. An object without references is gone. */
  release(ids: ObjectId | ObjectId[]): Promise<void>;

  /** Closes the connection; calls that wait fail. Closing twice is harmless. */
  close(): Promise<void>;

  [Symbol.asyncDispose](): Promise<void>;
}

/** The object store refused, failed, or could not be reached. */
export class StoreError extends Error {}
/** No such object: never put, released, expired, or not put within the time to wait for it. */
export class ObjectNotFoundError extends StoreError {}
/** No room came up within the time that the store waits for it. Nothing was kept; try again after releasing. */
export class StoreFullError extends StoreError {}
/** The object is larger than the store takes. */
export class ObjectTooLargeError extends StoreError {}
/** The store has released this owner and all that it had. */
export class OwnerReleasedError extends StoreError {}
/** The store says that the request breaks its rules. */
export class InvalidRequestError extends StoreError {}
/** The node whose store has the object cannot be reached. */
export class SourceUnavailableError extends StoreError {}
/** The object was there and is lost or damaged. */
export class ObjectLostError extends StoreError {}
/** The owner has as much in the store as it may have. */
export class QuotaExceededError extends StoreError {}
/** The store cannot be reached, is closing, or went away during the call. */
export class StoreUnavailableError extends StoreError {}
/** The store did not answer in time. Whether the request was carried out is not known. */
export class StoreTimeoutError extends StoreError {}
/** A value has no encoded form, or bytes are not what their codec says. */
export class CodecError extends StoreError {}
