using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Iarnet.Objects;

/// <summary>The name of an object: 128 random bits, written as 32 lower-case hexadecimal digits.</summary>
/// <param name="Value">The bits.</param>
public readonly record struct ObjectId(UInt128 Value)
{
    // Asking the system for random bits costs several times what putting a small object does: they are asked for in bulk.
    [ThreadStatic]
    private static UInt128[]? _random;

    [ThreadStatic]
    private static int _left;

    /// <summary>Makes a name that no other object has.</summary>
    public static ObjectId New()
    {
        if (_left == 0)
        {
            _random ??= new UInt128[64];
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_random.AsSpan()));
            _left = _random.Length;
        }

        return new ObjectId(_random![--_left]);
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
