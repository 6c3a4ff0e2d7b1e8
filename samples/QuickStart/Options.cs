using Iarnet;
using Spectre.Console;

namespace QuickStart;

/// <summary>What the command line asks for.</summary>
internal sealed record Options(string Path, bool InProcess, bool Python, bool Chaos, int Workers)
{
    private const string Usage =
        """
        usage: QuickStart [PATH] [--in-process] [--python] [--chaos] [--workers N]

          PATH          a folder of text files, or one file; by default this repository's own text and source
          --in-process  run everything on the threads of this process
          --python      add a stage whose function is Python, in a Python component
          --chaos       kill a worker with SIGKILL now and then
          --workers N   worker processes for counting; by default as many as processors, at least 2
        """;

    /// <summary>Null, after saying why, when the command line makes no sense.</summary>
    public static Options? Parse(string[] args)
    {
        string? path = null;
        bool inProcess = false, python = false, chaos = false;
        var workers = Math.Max(2, Environment.ProcessorCount);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--in-process":
                    inProcess = true;
                    break;
                case "--python":
                    python = true;
                    break;
                case "--chaos":
                    chaos = true;
                    break;
                case "--workers" when i + 1 < args.Length && int.TryParse(args[i + 1], out var n) && n is > 0 and <= 256:
                    workers = n;
                    i++;
                    break;
                case "-h" or "--help":
                    return Refuse(null);
                case var argument when argument.StartsWith('-') || path is not null:
                    return Refuse($"'{argument}' is not understood");
                case var argument:
                    path = argument;
                    break;
            }
        }

        path ??= OwnText();
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            return Refuse($"there is no file or folder '{path}'");
        }

        if (chaos && inProcess)
        {
            return Refuse("--chaos kills worker processes: there is none with --in-process");
        }

        return new Options(System.IO.Path.GetFullPath(path), inProcess, python, chaos, workers);
    }

    /// <summary>What the node is made of.</summary>
    public void Configure(IIarnetBuilder node)
    {
        if (!InProcess || Python)
        {
            node.AddProcessProvider(process =>
            {
                if (InProcess)
                {
                    process.Runtimes.Remove("dotnet");
                }
            });
        }

        node.Configure(o => o.DefaultReplicas = Workers);
        if (Python)
        {
            node.AddPythonFunction<Dictionary<string, long>, Dictionary<string, long>>(
                "lengths", System.IO.Path.Combine(AppContext.BaseDirectory, "functions", "lengths.py"));
        }
    }

    /// <summary>The folder of this repository when the program runs from its build output, the current folder otherwise.</summary>
    private static string OwnText()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Iarnet.Libraries.sln")))
            {
                return folder.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }

    private static Options? Refuse(string? why)
    {
        if (why is not null)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{why}[/]");
        }

        Console.Error.WriteLine(Usage);
        return null;
    }
}
