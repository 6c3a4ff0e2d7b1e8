using Iarnet.Bus.Memory;
using Iarnet.Bus.Security;
using Iarnet.Bus.Wire;

namespace Iarnet.Bus.Connections;

// An unfinished message is known by what of it was scanned: its frames up to there are checked, and in plain. Sealed frames are
// opened towards the front, so that the frames of a message lie one behind the other like those that came in plain.
internal sealed partial class ZmtpConnection
{
    /// <summary>Bytes at the beginning of what is carried that were scanned.</summary>
    private int _scanned;

    /// <summary>Frames of the unfinished message, and the bytes of their bodies.</summary>
    private int _frames;
    private long _body;

    /// <summary>Bytes that must be there before there is more to scan, counted from the beginning of the message.</summary>
    private long _needed;

    private bool _isLarge;

    /// <summary>Bytes of a message on the wire, by the last that came.</summary>
    private int _usualMessage = 1024;

    private void TakeTraffic(Slab slab, int start, int end)
    {
        var plain = start + _scanned;
        var at = plain;
        long missing;
        while (Scan(slab, ref start, ref plain, ref at, end, out missing))
        {
            // The allowance was used up, and what was delivered is taken already: nobody will say so again.
        }

        if (_phase == Phase.Open)
        {
            Keep(slab, start, plain, at, end, missing);
        }
    }

    /// <summary>
    /// Goes through the frames as far as they are whole and allowed, and delivers the messages. Moves the places: where the first
    /// message that is not delivered begins, where its frames end in plain, and where what is not scanned begins. True when there
    /// may be more to deliver.
    /// </summary>
    private bool Scan(Slab slab, ref int start, ref int plain, ref int at, int end, out long missing)
    {
        var buffer = slab.Buffer;
        var sealing = Seals;
        var done = start;
        var count = 0;
        long bytes = 0;
        missing = ZmtpFrames.ShortHeader;
        var (mostMessages, mostBytes) = Allowance;
        while (count < mostMessages && bytes < mostBytes && !_failed)
        {
            var header = ZmtpFrames.ReadHeader(buffer.AsSpan(at, end - at), out var flags, out var length);
            if (header == 0)
            {
                // Not more than is certain to come: the last frame of a message may have two bytes in all.
                missing = end - at < ZmtpFrames.ShortHeader ? ZmtpFrames.ShortHeader : ZmtpFrames.LongHeader;
                break;
            }

            Check(flags, length, sealing);
            if ((ulong)(end - at - header) < length)
            {
                missing = header + (long)length;
                break;
            }

            var body = at + header;
            at = body + (int)length;
            if (sealing)
            {
                plain = Open(buffer, body, (int)length, plain, ref flags, out length);
            }
            else
            {
                plain = at;
                if ((flags & ZmtpFrames.Command) != 0)
                {
                    Obey(buffer.AsSpan(body, (int)length));
                }
            }

            if ((flags & ZmtpFrames.Command) != 0)
            {
                if (_frames > 0)
                {
                    CheckStride(plain - done);
                }
                else
                {
                    done = plain;
                }

                continue;
            }

            _frames++;
            _body += (long)length;
            if ((flags & ZmtpFrames.More) == 0)
            {
                count++;
                bytes += _body;
                _frames = 0;
                _body = 0;
                done = plain;
            }
        }

        var begin = start;
        start = done;
        _usualMessage = count == 0 ? _usualMessage : Math.Max(1, (done - begin) / count);
        if (count == 0)
        {
            return false;
        }

        Deliver(new Region(slab, begin, done, count, bytes));
        return (count == mostMessages || bytes >= mostBytes) && !_held && !_failed && _phase == Phase.Open;
    }

    private void Deliver(in Region region)
    {
        _hub.Received(this, region);
        Loop.Memory.Used(region.Slab, region.End);
        if (Allowance.IsUsedUp)
        {
            Hold();
        }
    }

    /// <summary>What is left: frames of an unfinished message, and bytes that are not a whole frame, or that wait for room.</summary>
    private void Keep(Slab slab, int done, int plain, int at, int end, long missing)
    {
        _scanned = plain - done;
        _needed = _scanned + missing;
        var left = _scanned + (end - at);
        if (left == 0)
        {
            return;
        }

        if (_held || _needed <= LargeMessage)
        {
            Carry(slab.Buffer, done, plain, slab.Buffer, at, end);
            return;
        }

        if (_isLarge && done == 0)
        {
            // The message goes on where it is.
            slab.Buffer.AsSpan(at, end - at).CopyTo(slab.Buffer.AsSpan(plain));
            _large = slab;
            _largeFilled = left;
            if (_needed > _largeCapacity)
            {
                GrowLarge();
            }

            return;
        }

        _largeCapacity = (int)Math.Min(_needed, Math.Max(2L * left, FirstLarge));
        _large = Slab.Large(_largeCapacity);
        _largeFilled = left;
        slab.Buffer.AsSpan(done, _scanned).CopyTo(_large.Buffer);
        slab.Buffer.AsSpan(at, end - at).CopyTo(_large.Buffer.AsSpan(_scanned));
    }

    /// <summary>Opens a sealed frame and writes it in plain at a place before it; says where that ends.</summary>
    private int Open(byte[] buffer, int body, int size, int target, ref byte flags, out ulong length)
    {
        var command = buffer.AsSpan(body, size);
        var most = Math.Max(0, size - SealOverhead);
        var header = ZmtpFrames.HeaderSize(most);
        // A long one is opened where its text stands, then moved: the cipher reads and writes many blocks at a time, and must not
        // write what it has not read. A short one is opened beside and copied.
        var place = size <= Mechanism.OpenedBeside ? target + header : body + SealOverhead;
        var opened = Mechanism.Open(command, buffer.AsSpan(place, most), out var inner);
        if (place != target + header)
        {
            buffer.AsSpan(place, opened).CopyTo(buffer.AsSpan(target + header));
        }

        length = (ulong)opened;
        if ((inner & Mechanism.SealedCommand) != 0)
        {
            flags = ZmtpFrames.Command;
            Obey(buffer.AsSpan(target + header, opened));
            return target;
        }

        flags = (byte)(inner & Mechanism.SealedMore);
        CheckMessage(length);
        ZmtpFrames.WriteHeader(buffer.AsSpan(target), flags, opened);
        return target + header + opened;
    }

    /// <summary>What a MESSAGE command has beside the body: its name, a nonce, the mark of authenticity, flags.</summary>
    private const int SealOverhead = 33;

    private void Check(byte flags, ulong length, bool sealing)
    {
        if ((flags & ZmtpFrames.Reserved) != 0)
        {
            throw new ProtocolException($"a frame with flags {flags:X2}: the reserved bits must be zero");
        }

        if (sealing)
        {
            // MESSAGE is a command by RFC 26, and a plain frame of libzmq: what it is, opening it says.
            if ((flags & ZmtpFrames.More) != 0)
            {
                throw new ProtocolException("a sealed frame that says outside that more follow");
            }

            // A command inside the box is bounded by the same figure: it has no bytes of a message.
            CheckMessage(length < SealOverhead ? 0 : length - SealOverhead);
            return;
        }

        if ((flags & ZmtpFrames.Command) == 0)
        {
            CheckMessage(length);
        }
        else if ((flags & ZmtpFrames.More) != 0 || length > (ulong)_settings.MaxCommandBytes)
        {
            throw new ProtocolException($"a command of {length} bytes with flags {flags:X2}: {_settings.MaxCommandBytes} bytes are the most, and a command is never one of several frames");
        }
    }

    private void CheckMessage(ulong length)
    {
        // Unsigned, and by subtraction: an announced 2^64-1 must not wrap around the limit (CVE-2019-6250).
        var left = (ulong)(_settings.MaxMessageBytes - _body);
        if (length > left)
        {
            throw new ProtocolException($"a frame of {length} bytes behind {_body} bytes of the same message: {_settings.MaxMessageBytes} bytes are the most a message may have");
        }

        if (_frames == _settings.MaxFrames)
        {
            throw new ProtocolException($"a message of more than {_settings.MaxFrames} frames");
        }
    }

    /// <summary>Commands between the frames of one message lie in its stretch of the buffer: they must not fill it.</summary>
    private void CheckStride(int stride)
    {
        if (stride - _body > ((long)_settings.MaxFrames * ZmtpFrames.LongHeader) + _settings.MaxCommandBytes)
        {
            throw new ProtocolException("too many commands inside one message");
        }
    }
}
