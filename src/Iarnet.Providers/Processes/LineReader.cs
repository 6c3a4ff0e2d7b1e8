using System.Text;

namespace Iarnet.Providers;

/// <summary>Cuts a stream of bytes into lines of bounded length: a component that never ends its line costs no more memory than one that does.</summary>
internal sealed class LineReader(Stream stream, int limit, Action<string> onLine)
{
    private readonly byte[] _line = new byte[limit];
    private int _length;
    private long _dropped;

    /// <summary>Reads to the end of the stream, or until the token is cancelled; what was read of the last line is handed on in either case.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                Take(buffer.AsSpan(0, count));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The pipe broke or the time for what is left ran out: as good as its end.
        }

        if (_length > 0)
        {
            End();
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            var kept = Math.Min(part.Length, limit - _length);
            part[..kept].CopyTo(_line.AsSpan(_length));
            _length += kept;
            _dropped += part.Length - kept;
            if (end < 0)
            {
                return;
            }

            End();
            bytes = bytes[(end + 1)..];
        }
    }

    private void End()
    {
        var line = _line.AsSpan(0, _length);
        var text = Encoding.UTF8.GetString(line.EndsWith("\r"u8) ? line[..^1] : line);
        onLine(_dropped == 0 ? text : $"{text} [{_dropped} bytes more in this line]");
        _length = 0;
        _dropped = 0;
    }
}
