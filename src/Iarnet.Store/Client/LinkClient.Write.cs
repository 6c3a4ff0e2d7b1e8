using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Iarnet.Objects;
using Iarnet.Store.Link;
using Iarnet.Store.Memory;

namespace Iarnet.Store.Client;

/// <content>Writing: small objects through the ring, others in their place.</content>
internal sealed partial class LinkClient
{
    private readonly Lock _ringLock = new();

    // What the store has heard of: a new name has to be told by a call, which can be refused.
    private readonly Dictionary<string, byte[]> _codecs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ObjectId, TaskCompletionSource> _writing = [];
    private ulong _head;
    private ulong _spent;

    /// <summary>
    /// Puts a small object without a word to the store: it is published to whoever asks for it from now on. False when it has to go another way.
    /// </summary>
    public unsafe bool TryPut(ReadOnlySpan<byte> bytes, string codec, ObjectId id, uint timeToLive = 0)
    {
        if (bytes.Length > SessionLayout.LargestObject || _over)
        {
            return false;
        }

        lock (_ringLock)
        {
            if (!_codecs.TryGetValue(codec, out var name))
            {
                return false;
            }

            var cost = (ulong)Pool.Cost(bytes.Length);
            var length = RingEntry.LengthOf(name.Length, bytes.Length);
            if (_spent + cost > Volatile.Read(ref *(ulong*)(_session + SessionLayout.CreditAt)) || !TryRoom(length, out var place))
            {
                return false;
            }

            *(RingEntry*)place = new RingEntry
            {
                Length = length,
                Operation = RingOperation.Put,
                CodecLength = (byte)name.Length,
                IdHigh = (ulong)(id.Value >> 64),
                IdLow = (ulong)id.Value,
                Size = (uint)bytes.Length,
                TimeToLive = timeToLive,
            };
            name.CopyTo(new Span<byte>(place + RingEntry.Bytes, name.Length));
            bytes.CopyTo(new Span<byte>(place + RingEntry.Bytes + name.Length, bytes.Length));
            _spent += cost;
            Publish(length);
        }

        return true;
    }

    /// <summary>Gives up a reference, through the ring if there is room.</summary>
    public unsafe void Release(ObjectId id)
    {
        lock (_ringLock)
        {
            if (TryRoom(RingEntry.Bytes, out var place))
            {
                *(RingEntry*)place = new RingEntry { Length = RingEntry.Bytes, Operation = RingOperation.Release, IdHigh = (ulong)(id.Value >> 64), IdLow = (ulong)id.Value };
                Publish(RingEntry.Bytes);
                Wake();
                return;
            }
        }

        // Behind what is in the ring: the store empties it before it reads this.
        var frame = new FrameWriter(FrameKind.Release, 0);
        frame.U32(1);
        frame.Id(id);
        Tell(frame);
    }

    /// <summary>Sees to it that the store looks at the ring soon.</summary>
    public unsafe void Wake()
    {
        Interlocked.MemoryBarrier();
        ref var sleeping = ref *(int*)(_session + SessionLayout.SleepingAt);
        if (Volatile.Read(ref sleeping) == 1 && Interlocked.Exchange(ref sleeping, 0) == 1)
        {
            Tell(new FrameWriter(FrameKind.Drain, 0));
        }
    }

    /// <summary>Puts an object by a call: a small one in the frame, another in its place.</summary>
    public async ValueTask<ObjectRef> PutAsync(ReadOnlySequence<byte> bytes, PutOptions options, CancellationToken cancellationToken)
    {
        var id = bytes.Length <= Frame.LargestInline
            ? await PutInlineAsync(bytes, options, cancellationToken).ConfigureAwait(false)
            : await PutInPlaceAsync(bytes, options, cancellationToken).ConfigureAwait(false);
        Learn(options.Codec);
        return new ObjectRef(id, Source);
    }

    private unsafe void AttachSession() => _session = _sessionPages.Address;

    private async ValueTask<ObjectId> PutInlineAsync(ReadOnlySequence<byte> bytes, PutOptions options, CancellationToken cancellationToken)
    {
        var frame = new FrameWriter(FrameKind.Put, NextCall(), (int)bytes.Length + 1024);
        frame.Id(options.Id ?? default);
        WriteOptions(ref frame, options);
        foreach (var part in bytes)
        {
            frame.Bytes(part.Span);
        }

        var answer = await CallAsync(frame, FrameKind.Sealed, cancellationToken, Undo).ConfigureAwait(false);
        return IdOf(answer);
    }

    private async ValueTask<ObjectId> PutInPlaceAsync(ReadOnlySequence<byte> bytes, PutOptions options, CancellationToken cancellationToken)
    {
        if (options.Id is not { } chosen)
        {
            return await WriteInPlaceAsync(bytes, options, cancellationToken).ConfigureAwait(false);
        }

        // The store takes one unfinished object of an id from a link: whoever comes second waits, and finds the first one's.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!_writing.TryAdd(chosen, done))
        {
            if (_writing.TryGetValue(chosen, out var other))
            {
                await other.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        try
        {
            return await WriteInPlaceAsync(bytes, options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.TryRemove(chosen, out _);
            done.SetResult();
        }
    }

    private async ValueTask<ObjectId> WriteInPlaceAsync(ReadOnlySequence<byte> bytes, PutOptions options, CancellationToken cancellationToken)
    {
        var frame = new FrameWriter(FrameKind.Create, NextCall());
        frame.Id(options.Id ?? default);
        frame.U64((ulong)bytes.Length);
        WriteOptions(ref frame, options);
        var created = await CallAsync(frame, FrameKind.Created, cancellationToken, AbortLate).ConfigureAwait(false);
        var id = IdOf(created);
        var isSealed = false;
        try
        {
            Copy(bytes, created);
            cancellationToken.ThrowIfCancellationRequested();
            var seal = new FrameWriter(FrameKind.Seal, NextCall());
            seal.Id(id);
            seal.U64((ulong)bytes.Length);

            // From here on the store has it, whoever waits for the answer.
            isSealed = true;
            return IdOf(await CallAsync(seal, FrameKind.Sealed, cancellationToken, Undo).ConfigureAwait(false));
        }
        finally
        {
            if (!isSealed)
            {
                Abort(id);
            }
        }
    }

    private unsafe void Copy(in ReadOnlySequence<byte> bytes, byte[] created)
    {
        var body = new FrameReader(created);
        body.Id();
        var offset = body.U64();
        if (offset > (ulong)_writable.Length || offset + (ulong)bytes.Length > (ulong)_writable.Length)
        {
            throw new LinkProtocolException($"The store gave {bytes.Length} bytes at {offset}: that is no place in its pool of {_writable.Length}.");
        }

        var place = _writable.Address + offset;
        foreach (var part in bytes)
        {
            part.Span.CopyTo(new Span<byte>(place, part.Length));
            place += part.Length;
        }
    }

    private static void WriteOptions(ref FrameWriter frame, PutOptions options)
    {
        frame.U32((uint)Math.Clamp(options.TimeToLive?.TotalMilliseconds ?? 0, options.TimeToLive is null ? 0 : 1, uint.MaxValue));
        frame.Text(options.Codec);
        frame.Pairs(options.Metadata);
    }

    private static ObjectId IdOf(byte[] answer)
    {
        var body = new FrameReader(answer);
        return body.Id();
    }

    private void Learn(string codec)
    {
        lock (_ringLock)
        {
            _codecs[codec] = Encoding.UTF8.GetBytes(codec);
        }
    }

    // A place for an entry that does not wrap; what is left of the ring before its beginning is skipped.
    private unsafe bool TryRoom(uint length, out byte* place)
    {
        var tail = Volatile.Read(ref *(ulong*)(_session + SessionLayout.TailAt));
        var at = (uint)(_head % SessionLayout.RingBytes);
        var toEnd = SessionLayout.RingBytes - at;
        var skipped = toEnd < length ? toEnd : 0;
        place = null;
        if (_head + skipped + length - tail > SessionLayout.RingBytes || _over)
        {
            return false;
        }

        if (skipped > 0)
        {
            var gap = _session + SessionLayout.RingAt + at;
            *(uint*)gap = skipped;
            gap[4] = (byte)RingOperation.Skip;
            Publish(skipped);
            at = 0;
        }

        place = _session + SessionLayout.RingAt + at;
        return true;
    }

    private unsafe void Publish(uint length)
    {
        _head += length;
        Volatile.Write(ref *(ulong*)(_session + SessionLayout.HeadAt), _head);
    }

    // A put that nobody waits for any more has a reference that nobody would release.
    private void Undo(byte[] answer) => Release(IdOf(answer));

    private void AbortLate(byte[] answer) => Abort(IdOf(answer));

    private void Abort(ObjectId id)
    {
        var frame = new FrameWriter(FrameKind.Abort, 0);
        frame.Id(id);
        Tell(frame);
    }

    // What has no answer; when the link is closed the store takes everything back anyway.
    private void Tell(FrameWriter frame)
    {
        using (frame)
        {
            try
            {
                _frames.Send(frame);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                End();
            }
        }
    }
}
