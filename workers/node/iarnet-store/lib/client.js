import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { bytesOf, decode, encode } from './codecs.js';
import { ObjectNotFoundError, ObjectTooLargeError, StoreError, StoreUnavailableError } from './errors.js';
import * as frames from './frames.js';
import { Link } from './link.js';
import { Pool } from './pool.js';

const { Kind } = frames;
const DEADLINE = 30_000;
const HELLO_DEADLINE = 5_000;
const MAX_WAIT = 0xffffffff;
const NEW_ID = Buffer.alloc(16);
const RELEASED_AT_ONCE = 4096;
/** Objects that one link looks for at the same time; the store lets it wait for 1,024. */
const MOST_AT_ONCE = 1000;
/** Why the links of a wait are closed. */
const ENOUGH = 'the wait is over';

export class StoreClient {
  #folder;
  #owner;
  #deadline;
  #connection;
  #connecting;
  #closed = false;
  #waits = new Set();

  static async connect({ folder = process.env.IARNET_SEGMENT_FOLDER, owner, deadline = DEADLINE } = {}) {
    if (!folder) {
      throw new TypeError('the segment folder of the store is not known: give it, or set IARNET_SEGMENT_FOLDER');
    }
    if (typeof owner !== 'string' || owner.length === 0) {
      throw new TypeError('an owner is missing: 1 to 128 characters that say whose the objects are');
    }
    const client = new StoreClient(folder, owner, deadline);
    await client.#connected();
    return client;
  }

  constructor(folder, owner, deadline) {
    this.#folder = folder;
    this.#owner = owner;
    this.#deadline = deadline;
  }

  get source() {
    return this.#connection?.link.welcome.source ?? '';
  }

  async get(id, { wait = 0, source = '', signal } = {}) {
    const name = idText(id);
    const body = frames.lease(idBytes(id), milliseconds(wait), source === this.source ? '' : source);
    const { link, pool, answer } = await this.#lease(body, name, wait, signal);
    const leased = link.parse(frames.readLeased, answer);
    try {
      const bytes = await pool.read(leased.offset, leased.size);
      // A link that broke meanwhile has ended the lease: what was read may be another object's.
      if (link.failure !== undefined) {
        throw new StoreUnavailableError(`the store at ${link.path}: object ${name} ${link.failure}`);
      }
      return { id: name, codec: leased.codec, metadata: leased.metadata, bytes };
    } finally {
      link.giveBack(leased.lease);
    }
  }

  async getValue(id, options) {
    const { codec, bytes } = await this.get(id, options);
    return decode(codec, bytes);
  }

  async put(data, { codec = 'raw', id, timeToLive = 0, metadata, signal } = {}) {
    const parts = (Array.isArray(data) ? data : [data]).map(bytesOf);
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    const key = id === undefined ? NEW_ID : idBytes(id);
    const life = timeToLive > 0 ? Math.max(1, milliseconds(timeToLive)) : 0;
    const { link, pool } = await this.#connected();
    if (size > link.welcome.maxObjectBytes) {
      throw new ObjectTooLargeError(`the object has ${size} bytes; the store at ${link.path} takes ${link.welcome.maxObjectBytes}`);
    }
    const options = { deadline: this.#deadline, signal, id: id === undefined ? undefined : idText(id) };
    const head = frames.put(key, life, codec, metadata);
    if (size <= frames.MAX_INLINE && frames.COUNTED + head.length + size <= frames.MAX_FRAME) {
      return this.#stored(link, await link.call(Kind.PUT, [head, ...parts], Kind.SEALED, options), size);
    }
    const created = await link.call(Kind.CREATE, [frames.create(key, size, life, codec, metadata)], Kind.CREATED, options);
    const made = link.parse(frames.readCreated, created);
    try {
      if (size > made.size) {
        throw new StoreError(`the store at ${link.path} gave ${made.size} bytes for an object of ${size}`);
      }
      await pool.write(made.offset, parts);
      const sealed = await link.call(Kind.SEAL, [frames.seal(made.id, size)], Kind.SEALED, { ...options, id: idText(made.id) });
      return this.#stored(link, sealed, size);
    } catch (error) {
      // The first error is the one to tell; the store reclaims the rest with the connection.
      await link.call(Kind.ABORT, [made.id], Kind.DONE, { deadline: this.#deadline }).catch(() => {});
      throw error;
    }
  }

  async putValue(value, options) {
    const { codec, bytes } = encode(value);
    return this.put(bytes, { ...options, codec });
  }

  async wait(ids, { count = ids.length, timeout = DEADLINE, signal } = {}) {
    const unique = [...new Set(ids.map(idText))];
    const needed = Math.max(0, Math.min(count, unique.length));
    const present = new Set();
    const { link } = await this.#connected();
    for (let at = 0; at < unique.length; at += MOST_AT_ONCE) {
      await this.#look(link, unique.slice(at, at + MOST_AT_ONCE), 0, signal, present, needed);
    }
    if (present.size < needed && timeout > 0) {
      await this.#waitLonger(unique.filter((id) => !present.has(id)), timeout, signal, present, needed);
    }
    return { present: unique.filter((id) => present.has(id)), absent: unique.filter((id) => !present.has(id)) };
  }

  async release(ids) {
    const bytes = (Array.isArray(ids) ? ids : [ids]).map(idBytes);
    const { link } = await this.#connected();
    for (let at = 0; at < bytes.length; at += RELEASED_AT_ONCE) {
      link.tell(Kind.RELEASE, [frames.release(bytes.slice(at, at + RELEASED_AT_ONCE))]);
    }
  }

  async close() {
    this.#closed = true;
    for (const links of this.#waits) {
      links.forEach((link) => link.fail('the client is closed'));
    }
    const connection = this.#connection ?? (await this.#connecting?.catch(() => undefined));
    this.#connection = undefined;
    if (connection !== undefined) {
      await connection.link.drain();
      connection.link.fail('the client is closed');
      connection.pool.close();
    }
  }

  async [Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')]() {
    await this.close();
  }

  // A lease that was never heard of ended with its connection: asking again over another one is safe.
  async #lease(body, id, wait, signal) {
    for (let again = true; ; again = false) {
      const { link, pool } = await this.#connected();
      try {
        const deadline = wait + this.#deadline;
        return { link, pool, answer: await link.call(Kind.LEASE, [body], Kind.LEASED, { deadline, signal, id, waits: wait > 0 }) };
      } catch (error) {
        if (!again || this.#closed || link.failure === undefined || !(error instanceof StoreUnavailableError)) {
          throw error;
        }
      }
    }
  }

  // A wait cannot be called off but by closing its link, and the store keeps only so many for each: these have links of their own.
  async #waitLonger(ids, timeout, signal, present, needed) {
    const links = [];
    try {
      for (let at = 0; at < ids.length; at += MOST_AT_ONCE) {
        links.push(await Link.open(this.#folder, this.#owner, Math.min(this.#deadline, HELLO_DEADLINE)));
      }
      this.#waits.add(links);
      if (this.#closed) {
        throw new StoreUnavailableError(`the client of the store at ${this.#folder} is closed`);
      }
      await Promise.all(links.map((link, index) =>
        this.#look(link, ids.slice(index * MOST_AT_ONCE, (index + 1) * MOST_AT_ONCE), timeout, signal, present, needed, () =>
          links.forEach((each) => each.fail(ENOUGH)))));
    } finally {
      this.#waits.delete(links);
      links.forEach((link) => link.fail(ENOUGH));
    }
  }

  /** Notes which objects are there; enough is called when that are as many as are needed. */
  async #look(link, ids, timeout, signal, present, needed, enough = () => {}) {
    const options = { deadline: timeout + this.#deadline, signal, waits: timeout > 0 };
    if (ids.length > 0 && signal !== undefined) {
      // One listener for each object is no leak.
      setMaxListeners(0, signal);
    }
    await Promise.all(ids.map(async (id) => {
      try {
        const answer = await link.call(Kind.LEASE, [frames.lease(idBytes(id), milliseconds(timeout), '')], Kind.LEASED, { ...options, id });
        link.giveBack(link.parse(frames.readLeased, answer).lease);
        present.add(id);
        if (present.size >= needed) {
          enough();
        }
      } catch (error) {
        if (!(error instanceof ObjectNotFoundError) && !(link.failure === ENOUGH && present.size >= needed)) {
          throw error;
        }
      }
    }));
  }

  #stored(link, answer, size) {
    const { id, existed } = link.parse(frames.readSealed, answer);
    return { id: idText(id), source: link.welcome.source, size, existed };
  }

  #connected() {
    if (this.#closed) {
      return Promise.reject(new StoreUnavailableError(`the client of the store at ${this.#folder} is closed`));
    }
    if (this.#connection !== undefined && this.#connection.link.failure === undefined) {
      return Promise.resolve(this.#connection);
    }
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect() {
    this.#connection?.pool.close();
    this.#connection = undefined;
    const link = await Link.open(this.#folder, this.#owner, Math.min(this.#deadline, HELLO_DEADLINE));
    try {
      // A store that came back has another pool.
      const pool = await Pool.open(path.join(this.#folder, 'pool'), link.welcome.poolBytes);
      this.#connection = { link, pool };
      return this.#connection;
    } catch (error) {
      link.fail('the link was closed');
      throw error;
    }
  }
}

function idBytes(id) {
  const bytes = typeof id === 'string' && /^[0-9a-f]{32}$/i.test(id) ? Buffer.from(id, 'hex') : id;
  if (!(bytes instanceof Uint8Array) || bytes.length !== 16) {
    throw new TypeError(`an object id is 32 hexadecimal digits or 16 bytes; this one is ${String(id)}`);
  }
  return bytes;
}

const idText = (id) => Buffer.from(idBytes(id)).toString('hex');
const milliseconds = (value) => Math.min(MAX_WAIT, Math.max(0, Math.ceil(value)));
