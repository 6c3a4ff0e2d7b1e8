using Iarnet.Resources;

namespace Iarnet.Providers;

/// <summary>
/// Who holds how much of a fixed total. What is reserved never exceeds the total and is never negative, in any order of calls.
/// Thread-safe.
/// </summary>
public sealed class ResourceLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ComponentId, ResourceAmounts> _held = [];
    private ResourceAmounts _used;

    /// <summary>Opens a ledger with nothing reserved.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A kind of the total is negative.</exception>
    public ResourceLedger(ResourceAmounts total)
    {
        if (IsNegative(total))
        {
            throw new ArgumentOutOfRangeException(nameof(total), $"The total ({total}) has a negative kind.");
        }

        Total = total;
    }

    /// <summary>What there is.</summary>
    public ResourceAmounts Total { get; }

    /// <summary>The total and what is reserved of it, read at one moment.</summary>
    public ResourceCapacity Capacity
    {
        get
        {
            lock (_lock)
            {
                return new ResourceCapacity(Total, _used);
            }
        }
    }

    /// <summary>
    /// Reserves for a component. False when a kind does not suffice: <paramref name="missing"/> then says by how much (kinds that do
    /// suffice are zero), and nothing is reserved.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A kind of what is asked is negative.</exception>
    /// <exception cref="InvalidOperationException">The component already holds something.</exception>
    public bool TryReserve(ComponentId id, in ResourceAmounts asked, out ResourceAmounts missing)
    {
        if (IsNegative(asked))
        {
            throw new ArgumentOutOfRangeException(nameof(asked), $"Component '{id}' asks for a negative amount ({asked}).");
        }

        lock (_lock)
        {
            if (_held.TryGetValue(id, out var held))
            {
                throw new InvalidOperationException($"Component '{id}' already holds {held}; release it first.");
            }

            var available = Total - _used;
            missing = Missing(asked, available);
            if (missing != ResourceAmounts.Zero)
            {
                return false;
            }

            _held.Add(id, asked);
            _used += asked;
            return true;
        }
    }

    /// <summary>Gives back what a component holds; false when it holds nothing.</summary>
    public bool Release(ComponentId id)
    {
        lock (_lock)
        {
            if (!_held.Remove(id, out var amounts))
            {
                return false;
            }

            _used -= amounts;
            return true;
        }
    }

    /// <summary>By how much <paramref name="available"/> falls short of <paramref name="asked"/>, kind by kind; zero where it does not.</summary>
    public static ResourceAmounts Missing(in ResourceAmounts asked, in ResourceAmounts available) => new(
        Math.Max(0, asked.CpuMillicores - available.CpuMillicores),
        Math.Max(0, asked.MemoryBytes - available.MemoryBytes),
        Math.Max(0, asked.Gpus - available.Gpus));

    internal static bool IsNegative(in ResourceAmounts amounts) => amounts.CpuMillicores < 0 || amounts.MemoryBytes < 0 || amounts.Gpus < 0;
}
