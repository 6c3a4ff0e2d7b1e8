using System.Buffers;
using Iarnet.Bus.Io;
using Iarnet.Bus.Transport;

namespace Iarnet.Bus.Tests.Faults;

/// <summary>A connection whose other end is the test: it receives what it is fed, in the pieces in which it is fed.</summary>
internal sealed class FedLink(PumpedLoop loop) : LoopWork, ITransportLink
{
    private byte[] _bytes = [];
    private int _at;
    private int _end;
    private bool _isEnded;
    private bool _isPaused;
    private ILinkReader? _reader;

    public IoLoop Loop => loop;

    public string Remote => "tcp://test:1";

    public string? Address => "test";

    public bool IsClosed { get; private set; }

    /// <summary>What the connection sent, where somebody asked for it.</summary>
    public ArrayBufferWriter<byte>? Sent { get; init; }

    /// <summary>Takes what the socket received, and says whether there was something: a connection that is held goes on after it.</summary>
    public Func<bool>? Drain { get; set; }

    public void Feed(byte[] bytes, int start, int end)
    {
        (_bytes, _at, _end) = (bytes, start, end);
        Turn();
        while (_isPaused && !IsClosed)
        {
            if (Drain is null)
            {
                // An authenticator decides, on another thread.
                loop.AwaitPosted();
            }
            else
            {
                Assert.True(Drain(), "the connection is held although everything was received");
            }

            Turn();
        }

        Assert.True(IsClosed || _at == _end, "the connection stopped reading, and nothing will make it go on");
    }

    public void End()
    {
        _isEnded = true;
        Turn();
    }

    public void Start(ILinkReader reader) => _reader = reader;

    public int TryReceive(Span<byte> buffer)
    {
        var size = Math.Min(buffer.Length, _end - _at);
        if (size == 0)
        {
            return _isEnded ? 0 : ITransportLink.Nothing;
        }

        _bytes.AsSpan(_at, size).CopyTo(buffer);
        _at += size;
        return size;
    }

    public int TrySend(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        if (IsClosed)
        {
            throw new LinkBrokenException("closed");
        }

        var sent = 0;
        foreach (var part in parts)
        {
            Sent?.Write(part.Span);
            sent += part.Length;
        }

        return sent;
    }

    public void WaitWritable() => throw new InvalidOperationException("Everything that is sent is taken.");

    public void Pause() => _isPaused = true;

    public void Resume()
    {
        _isPaused = false;
        loop.Post(this);
    }

    public void CloseSending()
    {
    }

    public void Close() => IsClosed = true;

    public override void Run()
    {
        while (_reader is not null && !IsClosed && !_isPaused)
        {
            var before = _at;
            _reader.Readable();
            if (_at == before)
            {
                return;
            }
        }
    }

    private void Turn()
    {
        loop.Post(this);
        loop.Pump();
    }
}
