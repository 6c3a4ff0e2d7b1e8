using Iarnet.Objects;

namespace Iarnet.Store;

/// <summary>
/// A Python pickle. .NET carries it and never looks inside: ask for this type to hand a Python value from one Python function to another.
/// </summary>
/// <param name="Bytes">The pickle; whoever holds it must not change it.</param>
public readonly record struct PickledObject(ReadOnlyMemory<byte> Bytes)
{
    // Null for the default, so that default(PickledObject) and new PickledObject(default) are the same.
    private readonly string? _codec;

    /// <summary>
    /// Which of Python's codecs made it: <see cref="CodecNames.Pickle"/>, the default, or <see cref="CodecNames.PickleBuffers"/>.
    /// It travels on under the same name.
    /// </summary>
    /// <exception cref="ArgumentException">Another codec.</exception>
    public string Codec
    {
        get => _codec ?? CodecNames.Pickle;
        init => _codec = value switch
        {
            CodecNames.Pickle => null,
            CodecNames.PickleBuffers => value,
            _ => throw new ArgumentException($"'{value}' is no codec of pickles; expected '{CodecNames.Pickle}' or '{CodecNames.PickleBuffers}'.", nameof(value)),
        };
    }
}
