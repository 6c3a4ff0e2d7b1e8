using Iarnet.Resources;

namespace Iarnet.Providers;

/// <summary>What a <see cref="ProcessProvider"/> runs and how. Read once, by the constructor.</summary>
public sealed class ProcessProviderOptions
{
    /// <summary>The name of the provider. "process" by default.</summary>
    public string Id { get; set; } = "process";

    /// <summary>Labels that components may ask for. Empty by default; "gpu" is added when there are GPUs.</summary>
    public ICollection<string> Tags { get; } = new List<string>();

    /// <summary>The programs that it can start, by runtime name. Empty by default.</summary>
    public IDictionary<string, ProcessRuntime> Runtimes { get; } = new Dictionary<string, ProcessRuntime>(StringComparer.Ordinal);

    /// <summary>
    /// What may be promised to components. By default null: every processor that .NET may use, the memory that it may use, and
    /// the NVIDIA GPUs that are found. GPUs given here beyond those found cannot be assigned: connecting then fails.
    /// </summary>
    public ResourceAmounts? Capacity { get; set; }

    /// <summary>
    /// By how much more CPU may be promised than there is: promised = factor x millicores. 1.0 by default; from 0.1 to 1,000.
    /// Memory and GPUs are never promised twice.
    /// </summary>
    public double CpuOvercommit { get; set; } = 1.0;

    /// <summary>How long a component may take to end by itself after it was asked to. 2 seconds by default.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the operating system may take to end a killed process before undeploying fails. 5 seconds by default.</summary>
    public TimeSpan KillLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long, after a process ended, its output is still read when something that it left behind holds the pipe open. 250 milliseconds by default.
    /// </summary>
    public TimeSpan OutputDrainLimit { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest line of output that is kept, in bytes; the rest of a longer one is dropped. 8,192 by default.</summary>
    public int OutputLineLimit { get; set; } = 8_192;

    /// <summary>How many of its last lines of standard error are kept for each component, for the text of its death. 200 by default.</summary>
    public int ErrorTailLines { get; set; } = 200;

    /// <summary>
    /// Called with every line that a component writes, besides the log. Null by default. Called from the reading loop of that component:
    /// while it blocks, the component's pipe fills up. What it throws is logged and the line is passed over.
    /// </summary>
    public Action<ComponentOutput>? Output { get; set; }

    /// <summary>
    /// The variables of the host that components inherit; a name that ends in '*' takes all with that front. By default what a program
    /// needs to find its files and its language (PATH, HOME, LANG, LC_*, TZ, TMPDIR, USER, DOTNET_*, and their like on Windows), nothing that could hold a secret.
    /// </summary>
    public ICollection<string> InheritedEnvironment { get; } =
    [
        "PATH", "HOME", "LANG", "LC_*", "TZ", "TMPDIR", "USER", "DOTNET_*",
        "SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramFiles*",
    ];

    /// <summary>
    /// Whether a component gets a session of its own where the system has the program <c>setsid</c> (Linux): then Ctrl-C in the host's
    /// terminal does not reach it, and what it leaves behind is found by its process group. True by default.
    /// </summary>
    public bool OwnSession { get; set; } = true;
}
