namespace Iarnet.Resources;

/// <summary>How much of the countable resources: asked for, present, or used.</summary>
/// <param name="CpuMillicores">CPU in thousandths of a core: 1500 is one and a half cores.</param>
/// <param name="MemoryBytes">Memory in bytes.</param>
/// <param name="Gpus">Whole GPUs.</param>
public readonly record struct ResourceAmounts(long CpuMillicores, long MemoryBytes, int Gpus = 0)
{
    /// <summary>Nothing at all.</summary>
    public static ResourceAmounts Zero => default;

    /// <summary>Reads "1.5" or "250m" as CPU and "512Mi" or "2G" as memory.</summary>
    /// <exception cref="QuantityFormatException">A text is not a quantity.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="gpus"/> is negative.</exception>
    public static ResourceAmounts Parse(string cpu, string memory, int gpus = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gpus);
        return new ResourceAmounts(CpuQuantity.Parse(cpu), MemoryQuantity.Parse(memory), gpus);
    }

    /// <summary>Whether this much is enough for <paramref name="asked"/>, in every kind.</summary>
    public bool Covers(in ResourceAmounts asked) =>
        CpuMillicores >= asked.CpuMillicores && MemoryBytes >= asked.MemoryBytes && Gpus >= asked.Gpus;

    /// <summary>Adds kind by kind.</summary>
    public static ResourceAmounts operator +(in ResourceAmounts left, in ResourceAmounts right) => left.Add(right);

    /// <summary>Subtracts kind by kind; a kind may become negative.</summary>
    public static ResourceAmounts operator -(in ResourceAmounts left, in ResourceAmounts right) => left.Subtract(right);

    // Checked: a sum that wrapped round would make a full machine look empty.

    /// <summary>Adds kind by kind.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public ResourceAmounts Add(in ResourceAmounts other) => checked(
        new(CpuMillicores + other.CpuMillicores, MemoryBytes + other.MemoryBytes, Gpus + other.Gpus));

    /// <summary>Subtracts kind by kind; a kind may become negative.</summary>
    /// <exception cref="OverflowException">A difference does not fit.</exception>
    public ResourceAmounts Subtract(in ResourceAmounts other) => checked(
        new(CpuMillicores - other.CpuMillicores, MemoryBytes - other.MemoryBytes, Gpus - other.Gpus));

    /// <summary>The amounts as a person writes them: "cpu 1500m, memory 512Mi, gpu 0".</summary>
    public override string ToString() =>
        $"cpu {CpuQuantity.Format(CpuMillicores)}, memory {MemoryQuantity.Format(MemoryBytes)}, gpu {Gpus}";
}
