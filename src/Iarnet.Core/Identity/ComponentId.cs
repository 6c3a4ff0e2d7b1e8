using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Iarnet;

/// <summary>
/// The name of a component, from its placement to its end: what a provider deploys it under and what it calls itself on the bus.
/// Lower-case letters, digits and hyphens, at most 63 of them, so that it is legal as a container, pod and host name.
/// </summary>
public readonly partial record struct ComponentId
{
    /// <summary>Takes a name after checking its form.</summary>
    /// <exception cref="ArgumentException">The name is not of the form above.</exception>
    public ComponentId(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!Form().IsMatch(value))
        {
            throw new ArgumentException($"'{value}' cannot name a component: expected 1 to 63 lower-case letters, digits and inner hyphens.", nameof(value));
        }

        Value = value;
    }

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>Makes a new name with a readable front: "count-5f2a9c01b7d4".</summary>
    public static ComponentId New(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var readable = Illegal().Replace(prefix.ToLowerInvariant(), "-").Trim('-');
        readable = readable.Length == 0 ? "c" : readable[..Math.Min(readable.Length, 48)].Trim('-');
        return new ComponentId($"{readable}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}");
    }

    /// <summary>The text; empty for the default value, which names nothing.</summary>
    public override string ToString() => Value ?? "";

    // \z, not $: that would let a final line feed pass.
    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Illegal();
}
