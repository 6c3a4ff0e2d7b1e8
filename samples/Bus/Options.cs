namespace BusSample;

/// <summary>What the command line asks for.</summary>
internal sealed record Options(Mode Mode, string Endpoint, string Name, bool Curve, string? ServerKey)
{
    private const string Default = "tcp://127.0.0.1:5571";

    private const string Usage =
        """
        usage: Bus [--curve]                                        a server, and two clients in processes of their own
               Bus server [ENDPOINT] [--curve]                      a server, until Ctrl-C
               Bus client [ENDPOINT] [--name NAME] [--curve KEY]    a client of it

          ENDPOINT      tcp://127.0.0.1:5571 by default; tcp://HOST:PORT, ipc:///PATH, or ipc://@NAME on Linux
          --name NAME   the identity of the client; 'client-' and the id of its process by default
          --curve       encrypt; the server prints its key
          --curve KEY   encrypt, and talk only to the server with this key
        """;

    /// <summary>Null, after saying why, when the command line makes no sense.</summary>
    public static Options? Parse(string[] args)
    {
        var mode = args.FirstOrDefault() switch
        {
            "server" => Mode.Server,
            "client" => Mode.Client,
            _ => Mode.Demo,
        };
        var options = new Options(mode, mode == Mode.Demo ? "ipc://*" : Default, $"client-{Environment.ProcessId}", Curve: false, ServerKey: null);
        for (var i = mode == Mode.Demo ? 0 : 1; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--curve" when mode != Mode.Client:
                    options = options with { Curve = true };
                    break;
                case "--curve" when i + 1 < args.Length:
                    options = options with { ServerKey = args[++i] };
                    break;
                case "--name" when mode == Mode.Client && i + 1 < args.Length:
                    options = options with { Name = args[++i] };
                    break;
                case var endpoint when mode != Mode.Demo && endpoint.Contains("://", StringComparison.Ordinal):
                    options = options with { Endpoint = endpoint };
                    break;
                case var argument:
                    Console.Error.WriteLine(argument is "-h" or "--help" ? Usage : $"'{argument}' is not understood{Environment.NewLine}{Usage}");
                    return null;
            }
        }

        return options;
    }
}
