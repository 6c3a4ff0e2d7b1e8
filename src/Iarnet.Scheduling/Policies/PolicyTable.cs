using System.Collections.Frozen;

namespace Iarnet.Scheduling;

/// <summary>Policies by name: fixed after construction, no name twice.</summary>
internal sealed class PolicyTable
{
    private readonly FrozenDictionary<string, IPlacementPolicy> _byName;

    public PolicyTable(IEnumerable<IPlacementPolicy> policies)
    {
        var byName = new Dictionary<string, IPlacementPolicy>(StringComparer.OrdinalIgnoreCase);
        foreach (var policy in policies)
        {
            if (!byName.TryAdd(policy.Name, policy))
            {
                throw new ArgumentException($"Two placement policies are named '{policy.Name}' ({byName[policy.Name].GetType()} and {policy.GetType()}). Give one another name.", nameof(policies));
            }
        }

        _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public IPlacementPolicy Get(string name) => _byName.TryGetValue(name, out var policy)
        ? policy
        : throw new ArgumentException($"There is no placement policy '{name}'. Known: {string.Join(", ", _byName.Keys.Order(StringComparer.Ordinal))}.", nameof(name));
}
