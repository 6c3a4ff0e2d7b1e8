using System.Collections.Immutable;

namespace Iarnet.Resources;

/// <summary>What a component needs from whoever runs it.</summary>
public sealed record ResourceRequest
{
    /// <summary>Asks for nothing in particular: any provider will do, and nothing is reserved.</summary>
    public static ResourceRequest None { get; } = new();

    /// <summary>The countable part. Zero by default.</summary>
    public ResourceAmounts Amounts { get; init; }

    /// <summary>Labels that the provider must carry, all of them ("gpu", "camera"). Compared without regard to case.</summary>
    public ImmutableSortedSet<string> Tags
    {
        get;

        // Whatever comparer a caller's set came with: else equality would depend on which side asks.
        init => field = (value ?? throw new ArgumentNullException(nameof(value))).WithComparer(StringComparer.OrdinalIgnoreCase);
    } = ImmutableSortedSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads "1.5" or "250m" as CPU and "512Mi" or "2G" as memory.</summary>
    /// <exception cref="QuantityFormatException">A text is not a quantity.</exception>
    public static ResourceRequest Parse(string cpu = "0", string memory = "0", int gpus = 0, params IEnumerable<string> tags) => new()
    {
        Amounts = ResourceAmounts.Parse(cpu, memory, gpus),
        Tags = ImmutableSortedSet.CreateRange(StringComparer.OrdinalIgnoreCase, tags),
    };

    /// <inheritdoc/>
    public bool Equals(ResourceRequest? other) => other is not null && Amounts == other.Amounts && Tags.SetEquals(other.Tags);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Amounts);
        foreach (var tag in Tags)
        {
            hash.Add(tag, StringComparer.OrdinalIgnoreCase);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => Tags.IsEmpty ? Amounts.ToString() : $"{Amounts}, tags {string.Join(' ', Tags)}";
}
