using System.Text.Json;

namespace Iarnet.LoadBench.Bus.Roles;

/// <summary>What a role says and is told, a line each.</summary>
internal static class RoleLines
{
    public static void Ready(string endpoint, string key) => Write(new Dictionary<string, object> { ["endpoint"] = endpoint, ["key"] = key });

    public static (string Endpoint, string Key) ReadEndpoint() =>
        (Console.ReadLine() ?? throw new EndOfStreamException("standard input names no endpoint")).Split(' ') is [var endpoint, var key]
            ? (endpoint, key)
            : throw new FormatException("standard input names no endpoint and key");

    public static void Write(IReadOnlyDictionary<string, object> values) => Console.WriteLine(JsonSerializer.Serialize(values));

    /// <summary>What is under way would be lost with the process: it stays until standard input ends.</summary>
    public static void WaitForEnd()
    {
        while (Console.ReadLine() is not null)
        {
        }
    }
}
