using System.Globalization;

namespace StoreSample;

/// <summary>What the command line asks for.</summary>
internal sealed record Options(Mode Mode, int MiB, string Python, string? Socket, string? Folder, long MemoryLimit, TimeSpan Pause, string? Address, string? Stream)
{
    private const string Usage =
        """
        usage: Store [share] [--size MIB] [--python FILE]                       an array of .NET, read in place by a Python process
               Store follow [--pause MS]                                        a stream that another process reads while it is written
               Store read ADDRESS STREAM                                        what that process is: reads a stream to its end
               Store serve [--socket PATH] [--folder PATH] [--memory MIB]       a store for other programs, until Ctrl-C

          --size MIB      how large the array is; 64 by default
          --python FILE   the interpreter; /usr/bin/python3 by default
          --pause MS      between two lines of the stream; 100 by default
          --socket PATH   the Unix socket of the gRPC service; one in a new folder by default
          --folder PATH   the folder of the shared memory; one in /dev/shm by default
          --memory MIB    how much memory objects may take; 1024 by default
        """;

    /// <summary>Null, after saying why, when the command line makes no sense.</summary>
    public static Options? Parse(string[] args)
    {
        Mode? named = args.FirstOrDefault() switch
        {
            "share" => Mode.Share,
            "serve" => Mode.Serve,
            "follow" => Mode.Follow,
            "read" => Mode.Read,
            _ => null,
        };
        var mode = named ?? Mode.Share;
        var options = new Options(
            mode, MiB: 64, Python: "/usr/bin/python3", Socket: null, Folder: null, MemoryLimit: 1L << 30, Pause: TimeSpan.FromMilliseconds(100), Address: null, Stream: null);
        for (var i = named is null ? 0 : 1; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--size" when mode == Mode.Share && i + 1 < args.Length && TryNumber(args[i + 1], out var size):
                    options = options with { MiB = size };
                    i++;
                    break;
                case "--python" when mode == Mode.Share && i + 1 < args.Length:
                    options = options with { Python = args[++i] };
                    break;
                case "--socket" when mode == Mode.Serve && i + 1 < args.Length:
                    options = options with { Socket = Path.GetFullPath(args[++i]) };
                    break;
                case "--folder" when mode == Mode.Serve && i + 1 < args.Length:
                    options = options with { Folder = Path.GetFullPath(args[++i]) };
                    break;
                case "--memory" when mode == Mode.Serve && i + 1 < args.Length && TryNumber(args[i + 1], out var memory):
                    options = options with { MemoryLimit = (long)memory << 20 };
                    i++;
                    break;
                case "--pause" when mode == Mode.Follow && i + 1 < args.Length && TryNumber(args[i + 1], out var pause):
                    options = options with { Pause = TimeSpan.FromMilliseconds(pause) };
                    i++;
                    break;
                case var address when mode == Mode.Read && options.Address is null && i + 1 < args.Length:
                    options = options with { Address = address, Stream = args[++i] };
                    break;
                case var argument:
                    return Refuse(argument is "-h" or "--help" ? null : $"'{argument}' is not understood");
            }
        }

        return mode != Mode.Read || options.Address is not null ? options : Refuse("'read' needs an address and a stream");
    }

    private static Options? Refuse(string? why)
    {
        Console.Error.WriteLine(why is null ? Usage : $"{why}{Environment.NewLine}{Usage}");
        return null;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= 1024;
}
