namespace Iarnet.Worker.Hosting;

/// <summary>Ends the process when its standard input does: the host holds the other end, so it died or gave the component up.</summary>
internal static class Lifeline
{
    public const string StandardInput = "stdin";

    /// <summary>How long to look whether the host died: the kernel closes its pipes and its lock one after the other.</summary>
    private static readonly TimeSpan LookFor = TimeSpan.FromMilliseconds(500);

    public static void Hold(WorkerSettings settings, Action<string> say)
    {
        if (settings.Lifeline != StandardInput)
        {
            return;
        }

        var input = Console.OpenStandardInput();
        // User code that reads the console must not take the end of file away.
        Console.SetIn(TextReader.Null);
        var thread = new Thread(() => Watch(input, settings, say)) { IsBackground = true, Name = "lifeline" };
        thread.Start();
    }

    private static void Watch(Stream input, WorkerSettings settings, Action<string> say)
    {
        Span<byte> nothing = stackalloc byte[256];
        try
        {
            while (input.Read(nothing) > 0)
            {
                // What is written to a worker means nothing; only its end does.
            }
        }
        catch (IOException)
        {
            // A broken pipe is an end, too.
        }

        say("The host is gone: its end of the lifeline is closed.");
        HostRemains.RemoveIfDead(settings, LookFor, TimeProvider.System);
        ProcessEnd.Now(ExitCodes.HostGone);
    }
}
