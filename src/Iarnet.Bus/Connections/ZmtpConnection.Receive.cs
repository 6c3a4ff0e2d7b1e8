using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

internal sealed partial class ZmtpConnection
{
    private const int SmallBuffer = 16 * 1024;
    private const int UsualBuffer = 64 * 1024;

    /// <summary>A buffer that grew beyond this for one message is given up when it is empty.</summary>
    private const int KeptBuffer = 1024 * 1024;

    private readonly MultipartView _view = new();
    private byte[] _buffer = new byte[SmallBuffer];
    private int _start;
    private int _end;

    /// <summary>Where the next frame of the unfinished message begins, counted from <see cref="_start"/>.</summary>
    private int _scanned;

    /// <summary>The bytes that the unfinished message is known to need, counted from <see cref="_start"/>.</summary>
    private long _needed;

    private bool _taken;
    private bool _full;

    /// <summary>Reads the next message that has arrived whole. Its slices are valid until the next call.</summary>
    /// <exception cref="ProtocolException">The peer broke the protocol or a limit.</exception>
    public bool TryRead(out MultipartView message)
    {
        message = _view;
        if (_taken)
        {
            _taken = false;
            Skip(_scanned);
        }

        while (true)
        {
            var at = _start + _scanned;
            var header = ZmtpFrames.ReadHeader(_buffer.AsSpan(at, _end - at), out var flags, out var length);
            if (header == 0)
            {
                _needed = _scanned + ZmtpFrames.LongHeader;
                return false;
            }

            Check(flags, length);
            if (_end - at - header < (long)length)
            {
                _needed = _scanned + header + (long)length;
                return false;
            }

            var body = (int)length;
            if ((flags & ZmtpFrames.Command) != 0)
            {
                Obey(_buffer.AsSpan(at + header, body));
                if (_view.Count == 0)
                {
                    Skip(header + body);
                }
                else
                {
                    _scanned += header + body;
                    CheckStride();
                }

                continue;
            }

            _view.Add(_scanned + header, body);
            _scanned += header + body;
            if ((flags & ZmtpFrames.More) == 0)
            {
                _view.Place(_buffer, _start);
                _taken = true;
                return true;
            }
        }
    }

    private async ValueTask ReceiveAsync(IConnectionOwner owner)
    {
        // What came in one piece with READY is already here.
        do
        {
            await owner.ReceivedAsync(this).ConfigureAwait(false);
            Queue?.Flush();
        }
        while (await FillAsync().ConfigureAwait(false));
    }

    /// <summary>
    /// Receives once. The buffer grows with what has arrived, at most twofold each time, and never because of what was announced:
    /// a peer that announces much and sends little costs little.
    /// </summary>
    private async ValueTask<bool> FillAsync()
    {
        MakeRoom();
        var received = await _link.ReceiveAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _lastReceived = _time.GetTimestamp();
        _end += received;
        _full = _end == _buffer.Length;
        return received > 0;
    }

    private void MakeRoom()
    {
        var kept = _end - _start;
        if (kept == 0)
        {
            _start = 0;
            _end = 0;
            if (_buffer.Length > KeptBuffer)
            {
                _buffer = new byte[UsualBuffer];
            }
            else if (_full && _buffer.Length < UsualBuffer)
            {
                _buffer = new byte[UsualBuffer];
            }

            return;
        }

        if (_end < _buffer.Length && _start + _needed <= _buffer.Length)
        {
            return;
        }

        var size = _buffer.Length;
        if (_needed > size && kept >= size / 2)
        {
            // A first growth to the usual size is free of doubt; beyond it, half the buffer must be there first.
            size = (int)Math.Min(Math.Max(2L * size, UsualBuffer), Math.Max(_needed, UsualBuffer));
        }

        var target = size == _buffer.Length ? _buffer : GC.AllocateUninitializedArray<byte>(size);
        if (_start > 0 || target != _buffer)
        {
            _buffer.AsSpan(_start, kept).CopyTo(target);
            _buffer = target;
            _start = 0;
            _end = kept;
        }
    }

    private void Check(byte flags, ulong length)
    {
        if ((flags & ZmtpFrames.Reserved) != 0)
        {
            throw new ProtocolException($"a frame with flags {flags:X2}: the reserved bits must be zero");
        }

        if ((flags & ZmtpFrames.Command) != 0)
        {
            if ((flags & ZmtpFrames.More) != 0 || length > (ulong)_settings.MaxCommandBytes)
            {
                throw new ProtocolException($"a command of {length} bytes with flags {flags:X2}: {_settings.MaxCommandBytes} bytes are the most, and a command is never one of several frames");
            }

            return;
        }

        // Unsigned, and by subtraction: an announced 2^64-1 must not wrap around the limit (CVE-2019-6250).
        var left = (ulong)(_settings.MaxMessageBytes - _view.Bytes);
        if (length > left)
        {
            throw new ProtocolException($"a frame of {length} bytes behind {_view.Bytes} bytes of the same message: {_settings.MaxMessageBytes} bytes are the most a message may have");
        }

        if (_view.Count == _settings.MaxFrames)
        {
            throw new ProtocolException($"a message of more than {_settings.MaxFrames} frames");
        }
    }

    /// <summary>Commands between the frames of one message lie in its stretch of the buffer: they must not fill it.</summary>
    private void CheckStride()
    {
        if (_scanned - _view.Bytes > ((long)_settings.MaxFrames * ZmtpFrames.LongHeader) + _settings.MaxCommandBytes)
        {
            throw new ProtocolException("too many commands inside one message");
        }
    }

    private void Skip(int bytes)
    {
        _start += bytes;
        _scanned = 0;
        _needed = 0;
        _view.Clear();
    }
}
