using Iarnet.Rpc;
using Iarnet.Store.Streams;
using Iarnet.Store.Wire;

namespace Iarnet.Store.Service;

/// <summary>What one AppendStream writes. When it ends without having ended the stream, the writer may come back.</summary>
internal sealed class StreamAppend : IDisposable
{
    /// <summary>Most chunks of one message.</summary>
    public const int MostChunks = 1024;

    private readonly ObjectStore _store;
    private readonly ObjectStream _stream;
    private readonly int _largestPart;
    private readonly int _number;
    private readonly LocalStreamWriter _writer;
    private UnfinishedObject? _partial;
    private bool _ended;

    public StreamAppend(ObjectStore store, ObjectStream stream, ulong offset, int largestPart)
    {
        _store = store;
        _stream = stream;
        _largestPart = largestPart;
        _number = Refusing(() => stream.TakeWriter(out _));
        _writer = new LocalStreamWriter(store, stream, _number);
        if ((ulong)stream.Next != offset)
        {
            stream.LeaveWriter(_number);
            throw Refused(StatusCode.FailedPrecondition, $"The stream {stream.Reference} has {stream.Next} chunks and the writer would go on at {offset}: go on where it ends.");
        }
    }

    /// <summary>Whether the next message has to go on with a chunk.</summary>
    public bool IsInsideChunk => _partial is not null;

    public async ValueTask WriteAsync(StreamChunks message, CancellationToken cancellationToken)
    {
        var chunks = message.Chunks;
        Require(!_ended, "A stream that was ended has no more chunks.");
        Require(chunks.Count is > 0 and <= MostChunks, $"A message has {chunks.Count} chunks: expected 1 to {MostChunks}.");
        Require(chunks.All(c => c.Length <= _largestPart), $"A chunk, or a part of one, has more than {_largestPart} bytes: larger ones are sent in parts.");
        var first = 0;
        if (_partial is not null)
        {
            first = 1;
            await _partial.WriteAsync(chunks[0].Memory, cancellationToken).ConfigureAwait(false);
            if (chunks.Count == 1 && message.More)
            {
                return;
            }

            await FinishAsync(_partial, cancellationToken).ConfigureAwait(false);
        }

        var whole = chunks.Count - first - (message.More ? 1 : 0);
        if (whole > 0)
        {
            await _writer.WriteManyAsync([.. chunks.Skip(first).Take(whole).Select(static c => c.Memory)], cancellationToken).ConfigureAwait(false);
        }

        if (message.More)
        {
            // Only as much as has come: its size is not known, and a writer that is ahead waits before the memory is taken.
            await _stream.WaitForRoomAsync(_number, 0, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
            var put = new PutOptions { Codec = _stream.Options.Codec, Owner = _stream.Owner };
            _partial = await _store.BeginAsync(put, chunks[^1].Length, WriterKind.Streamed, cancellationToken).ConfigureAwait(false);
            await _partial.WriteAsync(chunks[^1].Memory, cancellationToken).ConfigureAwait(false);
        }
    }

    public void End(string? error)
    {
        Require(!_ended && _partial is null, "A stream is ended once, and not inside a chunk.");
        Refusing(() =>
        {
            _stream.End(_number, error);
            return true;
        });
        _ended = true;
    }

    public void Dispose()
    {
        _partial?.Dispose();
        if (!_ended)
        {
            _stream.LeaveWriter(_number);
        }
    }

    private static void Require(bool holds, string text)
    {
        if (!holds)
        {
            throw Refused(StatusCode.InvalidArgument, text);
        }
    }

    private static T Refusing<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (InvalidOperationException error)
        {
            throw Refused(StatusCode.FailedPrecondition, error.Message);
        }
    }

    private static RpcException Refused(StatusCode code, string text) => new(new Status(code, text));

    private async ValueTask FinishAsync(UnfinishedObject partial, CancellationToken cancellationToken)
    {
        var size = (int)partial.Written;
        await _stream.WaitForRoomAsync(_number, size, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        var block = _store.Seal(partial, size, out _);
        partial.Dispose();
        _partial = null;
        _stream.Append(_number, block.Id.Value, partial.Owner.Name, [size]);
    }
}
