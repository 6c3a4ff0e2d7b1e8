namespace Iarnet.Diagnostics;

/// <summary>
/// The names under which packages publish metrics and traces: <c>Meter</c> and <c>ActivitySource</c> carry the package's name,
/// instruments are <c>iarnet.&lt;area&gt;.&lt;noun&gt;</c>, durations in seconds, counts in <c>{unit}</c>.
/// </summary>
public static class TelemetryNames
{
    /// <summary>The bus.</summary>
    public const string Bus = "Iarnet.Bus";

    /// <summary>The object store.</summary>
    public const string Store = "Iarnet.Store";

    /// <summary>The DAG engine.</summary>
    public const string Dag = "Iarnet.Dag";

    /// <summary>Providers.</summary>
    public const string Providers = "Iarnet.Providers";

    /// <summary>Placement.</summary>
    public const string Scheduling = "Iarnet.Scheduling";

    /// <summary>Components and their actors.</summary>
    public const string Components = "Iarnet.Components";

    /// <summary>RPC.</summary>
    public const string Rpc = "Iarnet.Rpc";

    /// <summary>The prefix of every instrument.</summary>
    public const string InstrumentPrefix = "iarnet.";
}
