using System.Text;
using Iarnet.Components.Wire;

namespace Iarnet.Components.Worker;

/// <summary>What an exception of user code looks like to the engine.</summary>
internal static class ErrorText
{
    /// <summary>Texts are user code's own and may be of any length; a message must stay one.</summary>
    private const int Longest = 64 * 1024;

    public static Error Of(Exception exception) => new()
    {
        Type = exception.GetType().FullName ?? exception.GetType().Name,
        Message = Cut(exception.Message),
        Stack = Cut(StackOf(exception)),
    };

    private static string StackOf(Exception exception)
    {
        if (exception.InnerException is null)
        {
            return exception.StackTrace ?? "";
        }

        var text = new StringBuilder(exception.StackTrace);
        IEnumerable<Exception> causes = exception is AggregateException many ? many.InnerExceptions : [exception.InnerException];
        foreach (var cause in causes.TakeWhile(_ => text.Length < Longest))
        {
            text.AppendLine().Append("--- caused by ").Append(cause.GetType().FullName).Append(": ").AppendLine(cause.Message).Append(StackOf(cause));
        }

        return text.ToString();
    }

    private static string Cut(string text) => text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "… (cut)");
}
