namespace Iarnet.Worker.Hosting;

/// <summary>What the worker's exit code says.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Misconfigured = 2;
    public const int HostGone = 3;
}
