using Microsoft.Win32.SafeHandles;

namespace Iarnet.Store.Disk;

/// <summary>Finds the records of a segment file from its beginning to its end, over what is damaged.</summary>
internal sealed class RecordScanner(SafeFileHandle file, long length, int segment, ulong salt)
{
    private const int WindowBytes = 128 << 10;

    private byte[] _window = new byte[WindowBytes];
    private long _windowAt;
    private int _windowLength;
    private long _at;

    /// <summary>Bytes between records that are none, in the order of their places.</summary>
    public List<(long Offset, long Bytes)> Gaps { get; } = [];

    /// <summary>Gives the next header that is undamaged, and whether all of its record is there and its trailer undamaged.</summary>
    public bool TryNext(out ParsedRecord record, out bool isWhole)
    {
        var start = _at;
        for (; _at < length; _at += RecordFormat.Alignment)
        {
            if (TryHeader(_at, out record))
            {
                if (_at > start)
                {
                    Gaps.Add((start, _at - start));
                }

                isWhole = IsWhole(record);

                // The header is undamaged, so what it says of the length is true. A record that is cut off is the last.
                _at = record.Size > length - record.DataOffset ? length : record.End;
                return true;
            }
        }

        if (length > start)
        {
            Gaps.Add((start, length - start));
        }

        record = default;
        isWhole = false;
        return false;
    }

    private bool TryHeader(long offset, out ParsedRecord record)
    {
        record = default;
        if (length - offset < RecordFormat.FixedHeaderBytes)
        {
            return false;
        }

        var bytes = RecordFormat.LengthOf(Window(offset, RecordFormat.FixedHeaderBytes));
        return bytes > 0 && length - offset >= bytes && RecordFormat.TryRead(Window(offset, bytes), new RecordPlace(salt, segment, offset), out record);
    }

    private bool IsWhole(in ParsedRecord record)
    {
        if (record.Size > length - record.DataOffset)
        {
            return false;
        }

        var trailerBytes = RecordFormat.TrailerBytes(record.Size);
        return length - record.TrailerOffset >= trailerBytes && RecordFormat.IsTrailer(Window(record.TrailerOffset, trailerBytes), record.HeaderChecksum);
    }

    private ReadOnlySpan<byte> Window(long offset, int bytes)
    {
        if (offset < _windowAt || offset + bytes > _windowAt + _windowLength)
        {
            // A trailer is as long as the object makes it, and that is no longer than the file.
            if (bytes > _window.Length)
            {
                _window = new byte[bytes];
            }

            _windowAt = offset;
            _windowLength = 0;
            while (_windowLength < bytes)
            {
                var read = RandomAccess.Read(file, _window.AsSpan(_windowLength), offset + _windowLength);
                if (read == 0)
                {
                    throw new EndOfStreamException("The file became shorter while it was read.");
                }

                _windowLength += read;
            }
        }

        return _window.AsSpan((int)(offset - _windowAt), bytes);
    }
}
