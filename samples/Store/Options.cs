using System.Globalization;

namespace StoreSample;

/// <summary>What the command line asks for.</summary>
internal sealed record Options(Mode Mode, int MiB, string Python, string? Socket, string? Folder, long MemoryLimit)
{
    private const string Usage =
        """
        usage: Store [share] [--size MIB] [--python FILE]                       an array of .NET, read in place by a Python process
               Store serve [--socket PATH] [--folder PATH] [--memory MIB]       a store for other programs, until Ctrl-C

          --size MIB      how large the array is; 64 by default
          --python FILE   the interpreter; /usr/bin/python3 by default
          --socket PATH   the Unix socket of the gRPC service; one in a new folder by default
          --folder PATH   the folder of the shared memory; one in /dev/shm by default
          --memory MIB    how much memory objects may take; 1024 by default
        """;

    /// <summary>Null, after saying why, when the command line makes no sense.</summary>
    public static Options? Parse(string[] args)
    {
        var mode = args.FirstOrDefault() == "serve" ? Mode.Serve : Mode.Share;
        var options = new Options(mode, MiB: 64, Python: "/usr/bin/python3", Socket: null, Folder: null, MemoryLimit: 1L << 30);
        for (var i = args.FirstOrDefault() is "serve" or "share" ? 1 : 0; i < args.Length; i++)
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
                case var argument:
                    Console.Error.WriteLine(argument is "-h" or "--help" ? Usage : $"'{argument}' is not understood{Environment.NewLine}{Usage}");
                    return null;
            }
        }

        return options;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= 1024;
}
