namespace Iarnet.Providers;

/// <summary>How a component ended.</summary>
/// <param name="ExitCode">Its exit code; null when the back end does not know one (the component vanished).</param>
/// <param name="Signal">
/// The signal that ended it, when one did. Operating systems report it to .NET as the exit code 128 + signal, so a program that
/// exits with such a code by itself reads the same.
/// </param>
/// <param name="Requested">Whether it ended because it was undeployed.</param>
/// <param name="ErrorTail">The last lines that it wrote to its standard error, or the text of its exception; may be empty.</param>
public sealed record ComponentExit(int? ExitCode, int? Signal, bool Requested, string ErrorTail)
{
    /// <summary>The end of a component that is gone without a trace.</summary>
    /// <param name="reason">What is known about it.</param>
    public static ComponentExit Vanished(string reason) => new(null, null, false, reason);

    /// <summary>The end as a person reads it: "exit code 1: No module named 'zmq'".</summary>
    public override string ToString()
    {
        var how = (Requested, Signal, ExitCode) switch
        {
            (true, _, _) => "stopped on request",
            (_, { } signal, _) => $"killed by {SignalNames.Get(signal)}",
            (_, _, { } code) => $"exit code {code}",
            _ => "gone",
        };
        return ErrorTail.Length == 0 ? how : $"{how}: {ErrorTail}";
    }
}
