namespace Iarnet.SystemTests.Harness;

/// <summary>The QuickStart with folders of its own for sockets, shared memory and code.</summary>
internal static class QuickStartProcess
{
    public static SampleProcess Start(NodeFolders folders, params string[] arguments) => SampleProcess.Start("QuickStart", folders.Apply, arguments);

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var folders = new NodeFolders();
        await using var running = Start(folders, arguments);
        var code = await running.EndedAsync();
        folders.AssertEmpty();
        return (code, running.Output);
    }
}
