using Iarnet.Functions;

namespace Iarnet.Components;

/// <summary>How components are started, watched and replaced. Read once, when the host is made.</summary>
public sealed class ComponentActorHostOptions
{
    /// <summary>The languages whose functions run in components. Default: "dotnet" and "python".</summary>
    public ISet<string> Languages { get; } = new HashSet<string>(StringComparer.Ordinal) { FunctionLanguages.DotNet, FunctionLanguages.Python };

    /// <summary>Where components reach the bus. Default: null, the first endpoint that the bus is bound to.</summary>
    public string? BusEndpoint { get; set; }

    /// <summary>Where components reach the store: "unix:///…" or "http://host:port". Required.</summary>
    public string StoreAddress { get; set; } = "";

    /// <summary>Variables that every component sees besides those that the protocol needs. Default: none.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Where the files of the .NET worker lie: what it has itself is not sent to it. Default: the folder "iarnet-worker" besides the program.
    /// When there is none, every assembly that is not part of the framework travels.
    /// </summary>
    public string WorkerFolder { get; set; } = Path.Combine(AppContext.BaseDirectory, "iarnet-worker");

    /// <summary>The interpreter that turns Python source files into what travels. Default: "python3".</summary>
    public string PythonInterpreter { get; set; } = "python3";

    /// <summary>Longest time that importing and packing a Python source file may take. Default: 60 seconds.</summary>
    public TimeSpan PythonPackLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The name under which the store keeps results from their arrival on. Default: "host", the store's own.</summary>
    public string ResultOwner { get; set; } = "host";

    /// <summary>The name under which the store keeps code, until the store is closed. Default: "code".</summary>
    public string CodeOwner { get; set; } = "code";

    /// <summary>Longest time from the start of a component to its first word on the bus. Default: 30 seconds.</summary>
    public TimeSpan StartLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The wait before a lost component is replaced: at random up to this at first, doubling with each failure. Default: 100 milliseconds.</summary>
    public TimeSpan ReplaceDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What that wait grows to at most. Default: 5 seconds.</summary>
    public TimeSpan ReplaceDelayLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many components in a row may end before they are ready, while the group has none, until the group is given up. Default: 5.</summary>
    public int FailuresToGiveUp { get; set; } = 5;

    /// <summary>How long running calls may go on when a group is disposed. Default: 1 second.</summary>
    public TimeSpan DrainLimit { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time that stopping a component may take after that. Default: 5 seconds.</summary>
    public TimeSpan StopLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Calls are gathered into one message until it has this many bytes; a larger call travels alone. Default: 64 KiB,
    /// which keeps messages out of the large object heap.
    /// </summary>
    public int CommandBytes { get; set; } = 64 * 1024;
}
