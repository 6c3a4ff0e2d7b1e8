using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Iarnet.Objects;

/// <summary>The name of an object: 128 random bits, written as 32 lower-case hexadecimal digits.</summary>
/// <param name="Value">The bits.</param>
public readonly record struct ObjectId(UInt128 Value)
{
    /// <summary>Makes a name that no other object has.</summary>
    public static ObjectId New()
    {
        UInt128 value = default;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<UInt128>(ref value)));
        return new ObjectId(value);
    }

    /// <summary>Reads the 32 digits; false when the text is anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ObjectId id)
    {
        var ok = UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && text!.Length == 32;
        id = new ObjectId(ok ? value : default);
        return ok;
    }

    /// <summary>Reads the 32 digits.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static ObjectId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not an object id: expected 32 hexadecimal digits.");

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
