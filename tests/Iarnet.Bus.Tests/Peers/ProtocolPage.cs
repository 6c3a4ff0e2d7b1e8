namespace Iarnet.Bus.Tests.Peers;

/// <summary>docs/protocol/bus.md, as its readers have it.</summary>
internal static class ProtocolPage
{
    private const string Fence = "```";

    public static string Text { get; } = File.ReadAllText(Path.Combine(PythonPeer.Folder, "bus.md")).ReplaceLineEndings("\n");

    /// <summary>The component in Python: the only program of its language.</summary>
    public static string Component
    {
        get
        {
            var parts = Text.Split($"{Fence}python\n");
            Assert.True(parts.Length == 2, $"The page shows {parts.Length - 1} programs in Python; the tests run one.");
            return parts[1].Split($"\n{Fence}")[0] + "\n";
        }
    }
}
