using Iarnet.Objects;

namespace Iarnet.Dag;

/// <summary>The encoded form of a data node, with its hold on the store when it lies there.</summary>
internal sealed class EncodedForm(in EncodedValue value, HeldObjectGuard? guard)
{
    private readonly EncodedValue _value = value;

    /// <summary>A running or finished decoding, shared by all who ask for the value.</summary>
    public object? Decoding;

    public ref readonly EncodedValue Value => ref _value;

    public HeldObject? Held => guard?.Held;
}
