using System.Collections.Immutable;
using Iarnet.Functions;
using Iarnet.Resources;

namespace Iarnet;

/// <summary>Says how a function is run. What is not said keeps the default of <see cref="FunctionOptions"/>. Not thread-safe.</summary>
public sealed class FunctionOptionsBuilder
{
    private FunctionOptions _options = FunctionOptions.Default;
    private ResourceAmounts _amounts;
    private ImmutableArray<string> _tags = [];

    /// <summary>The packages that <see cref="Requires"/> named, for languages that have them.</summary>
    public ImmutableArray<string> Requirements { get; private set; } = [];

    /// <summary>CPU for each replica: "2", "1.5" or "250m".</summary>
    /// <exception cref="QuantityFormatException">The text is not such a quantity.</exception>
    public FunctionOptionsBuilder Cpu(string cpu)
    {
        _amounts = _amounts with { CpuMillicores = CpuQuantity.Parse(cpu) };
        return this;
    }

    /// <summary>Memory for each replica: "512Mi" or "2G".</summary>
    /// <exception cref="QuantityFormatException">The text is not such a quantity.</exception>
    public FunctionOptionsBuilder Memory(string memory)
    {
        _amounts = _amounts with { MemoryBytes = MemoryQuantity.Parse(memory) };
        return this;
    }

    /// <summary>Whole GPUs for each replica.</summary>
    public FunctionOptionsBuilder Gpu(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _amounts = _amounts with { Gpus = count };
        return this;
    }

    /// <summary>Labels that a provider must carry to run it, in addition to those named before.</summary>
    public FunctionOptionsBuilder Tags(params IEnumerable<string> tags)
    {
        _tags = _tags.AddRange(tags);
        return this;
    }

    /// <summary>How many replicas are kept.</summary>
    public FunctionOptionsBuilder Replicas(int count) => Replicas(count, count);

    /// <summary>How many replicas are kept, and how many there may be.</summary>
    public FunctionOptionsBuilder Replicas(int min, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(min, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        _options = _options with { MinReplicas = min, MaxReplicas = max };
        return this;
    }

    /// <summary>How often a call is run again after its component died under it.</summary>
    public FunctionOptionsBuilder Retry(int times)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        _options = _options with { MaxRetries = times };
        return this;
    }

    /// <summary>The actor group that runs it, shared with the other functions that name it.</summary>
    public FunctionOptionsBuilder Group(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _options = _options with { Group = name };
        return this;
    }

    /// <summary>How many calls one replica runs at the same time.</summary>
    public FunctionOptionsBuilder Concurrency(int calls)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calls, 1);
        _options = _options with { Concurrency = calls };
        return this;
    }

    /// <summary>How long a call may take from being ready to having its result.</summary>
    public FunctionOptionsBuilder Timeout(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        _options = _options with { Timeout = limit };
        return this;
    }

    /// <summary>Packages that must be there where it runs, in the notation of its language; kept in <see cref="Requirements"/>.</summary>
    public FunctionOptionsBuilder Requires(params IEnumerable<string> packages)
    {
        Requirements = Requirements.AddRange(packages);
        return this;
    }

    /// <summary>The options as said so far.</summary>
    public FunctionOptions Build() => _options with
    {
        Resources = _amounts == default && _tags.IsEmpty
            ? ResourceRequest.None
            : new ResourceRequest { Amounts = _amounts, Tags = ImmutableSortedSet.CreateRange(StringComparer.OrdinalIgnoreCase, _tags) },
    };
}
