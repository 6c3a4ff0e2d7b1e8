using System.Security.Cryptography;

namespace Iarnet;

/// <summary>The name of a running node: 16 lower-case hexadecimal digits, random.</summary>
/// <param name="Value">The text.</param>
public readonly record struct NodeId(string Value)
{
    /// <summary>Makes a name that no other node has.</summary>
    public static NodeId New() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));

    /// <summary>The text; empty for the default value, which names nothing.</summary>
    public override string ToString() => Value ?? "";
}
