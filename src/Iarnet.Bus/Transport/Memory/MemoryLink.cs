using Iarnet.Bus.Io;

namespace Iarnet.Bus.Transport.Memory;

/// <summary>One end of a connection in memory.</summary>
internal sealed class MemoryLink : LoopWork, ITransportLink
{
    private readonly MemoryPipe _incoming;
    private readonly MemoryPipe _outgoing;
    private MemoryLink? _other;
    private ILinkReader? _reader;
    private bool _isPaused;
    private bool _isClosed;
    private volatile bool _isReadable;
    private volatile bool _isWritable;
    private bool _wantsWritable;

    private MemoryLink(MemoryPipe incoming, MemoryPipe outgoing, IoLoop loop, string remote)
    {
        _incoming = incoming;
        _outgoing = outgoing;
        Loop = loop;
        Remote = remote;
    }

    public IoLoop Loop { get; }

    public string Remote { get; }

    public string? Address => null;

    public static (MemoryLink Left, MemoryLink Right) Pair(IoLoop left, IoLoop right, string name)
    {
        var there = new MemoryPipe();
        var back = new MemoryPipe();
        var one = new MemoryLink(back, there, left, name);
        var two = new MemoryLink(there, back, right, name) { _other = one };
        one._other = two;
        return (one, two);
    }

    public void Start(ILinkReader reader)
    {
        _reader = reader;
        NowReadable();
    }

    public int TryReceive(Span<byte> buffer)
    {
        var received = _incoming.Read(buffer, out var wakeWriter);
        if (wakeWriter)
        {
            _other!.NowWritable();
        }

        return received;
    }

    public int TrySend(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var sent = _outgoing.Write(parts);
        if (sent != ITransportLink.Nothing)
        {
            _other!.NowReadable();
        }

        return sent;
    }

    public void WaitWritable()
    {
        _wantsWritable = true;
        // The pipe may have been emptied since it refused.
        if (_isWritable)
        {
            Loop.Post(this);
        }
    }

    public void Pause() => _isPaused = true;

    public void Resume()
    {
        _isPaused = false;
        NowReadable();
    }

    public void CloseSending()
    {
        _outgoing.End();
        _other!.NowReadable();
    }

    public void Close()
    {
        _isClosed = true;
        _outgoing.End();
        _incoming.End();
        _other!.NowReadable();
        _other.NowWritable();
    }

    /// <summary>The connection is cut: what is on the way is lost, and both ends see an error.</summary>
    public void Cut()
    {
        _incoming.Break();
        _outgoing.Break();
        NowReadable();
        _other!.NowReadable();
        NowWritable();
        _other.NowWritable();
    }

    public override void Run()
    {
        if (_isClosed || _reader is null)
        {
            return;
        }

        if (_isWritable && _wantsWritable)
        {
            _isWritable = false;
            _wantsWritable = false;
            _reader.Writable();
        }

        if (_isReadable && !_isPaused && !_isClosed)
        {
            _isReadable = false;
            _reader.Readable();
        }
    }

    private void NowReadable()
    {
        _isReadable = true;
        Loop.Post(this);
    }

    private void NowWritable()
    {
        _isWritable = true;
        Loop.Post(this);
    }
}
