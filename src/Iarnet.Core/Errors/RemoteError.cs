namespace Iarnet;

/// <summary>An error as it was where it happened: possibly another process, another language.</summary>
/// <param name="Type">The name of the error's type in its own language, for example <c>System.FormatException</c> or <c>ValueError</c>.</param>
/// <param name="Message">Its text, unchanged.</param>
/// <param name="StackTrace">The stack in the text form of its own language; empty when it had none.</param>
public sealed record RemoteError(string Type, string Message, string StackTrace)
{
    /// <summary>Describes an exception of this process.</summary>
    public static RemoteError From(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new RemoteError(exception.GetType().FullName ?? exception.GetType().Name, exception.Message, exception.StackTrace ?? "");
    }
}
