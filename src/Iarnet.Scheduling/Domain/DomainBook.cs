using System.Collections.Immutable;
using Iarnet.Providers;
using Iarnet.Resources;

namespace Iarnet.Scheduling;

/// <summary>
/// The state of a domain and every change to it: no waiting, no clock, no provider is called. Used from the manager's loop only.
/// </summary>
internal sealed class DomainBook(ImmutableArray<ProviderEntry> providers, PolicyTable policies, string defaultPolicy, SeededRandom random)
{
    private readonly Dictionary<ComponentId, ComponentEntry> _components = [];
    private readonly Dictionary<(ProviderEntry Provider, string Name), int> _sameName = [];
    private ImmutableDictionary<ComponentId, ComponentView> _views = ImmutableDictionary<ComponentId, ComponentView>.Empty;
    private long _version;

    public ImmutableArray<ProviderEntry> Providers => providers;

    public IReadOnlyCollection<ComponentEntry> Components => _components.Values;

    /// <summary>How many components were committed.</summary>
    public long Commits { get; private set; }

    /// <summary>Set by every change that the view shows; whoever publishes clears it.</summary>
    public bool IsChanged { get; set; } = true;

    public DomainView NextView() => new(++_version, [.. providers.Select(p => p.View)], _views);

    /// <summary>Sets resources aside on the provider that the policy chooses; null, with each provider's refusal, when none can.</summary>
    /// <param name="request">What is to be placed.</param>
    /// <param name="refused">Providers that refused it already, and why: they are passed over.</param>
    /// <param name="refusals">One line for each provider when there is no choice.</param>
    public ComponentEntry? TryReserve(ComponentRequest request, IReadOnlyDictionary<ProviderEntry, string> refused, out ImmutableArray<string> refusals)
    {
        var able = new List<ProviderEntry>(providers.Length);
        var no = ImmutableArray.CreateBuilder<string>();
        foreach (var provider in providers)
        {
            if ((refused.GetValueOrDefault(provider) ?? Feasibility.Refusal(provider, request)) is { } refusal)
            {
                no.Add($"{provider.Provider.Id}: {refusal}");
            }
            else
            {
                able.Add(provider);
            }
        }

        refusals = no.ToImmutable();
        if (able.Count == 0)
        {
            return null;
        }

        var id = request.Id ?? ComponentId.New(request.Name);
        if (_components.ContainsKey(id))
        {
            throw new PlacementException($"Component '{id}' is already placed. Release it first, or use a new id.");
        }

        var entry = new ComponentEntry(id, request, Choose(able, request));
        _components.Add(id, entry);
        _sameName[(entry.Provider, request.Name)] = _sameName.GetValueOrDefault((entry.Provider, request.Name)) + 1;
        Hold(entry);
        Show(entry, null);
        return entry;
    }

    public void Deploying(ComponentEntry entry) => Move(entry, ComponentState.Deploying);

    /// <summary>The provider has started it. It may have ended since; then there is nothing left to note.</summary>
    public void Commit(ComponentEntry entry)
    {
        entry.CommitNumber = ++Commits;
        if (entry.State == ComponentState.Deploying)
        {
            Move(entry, ComponentState.Running);
        }
    }

    public void Fail(ComponentEntry entry, string reason)
    {
        if (entry.State is ComponentState.Reserved or ComponentState.Deploying)
        {
            var exit = ComponentExit.Vanished(reason);
            entry.MoveTo(ComponentState.Failed);
            entry.Ended.TrySetResult(exit);
            Show(entry, exit);
        }
    }

    /// <summary>What ended, when it is one of ours. Another manager's component on a shared provider is not.</summary>
    public ComponentEntry? Exited(ProviderEntry provider, ComponentId id, ComponentExit exit)
    {
        if (!_components.TryGetValue(id, out var entry) || entry.Provider != provider)
        {
            return null;
        }

        Exited(entry, exit);
        return entry;
    }

    public void Exited(ComponentEntry entry, ComponentExit exit)
    {
        if (entry.State is ComponentState.Deploying or ComponentState.Running)
        {
            entry.MoveTo(ComponentState.Exited);
            Free(entry);
            entry.Ended.TrySetResult(exit);
            Show(entry, exit);
        }
    }

    /// <summary>Nothing of it is left.</summary>
    public void Removed(ComponentEntry entry)
    {
        Exited(entry, new ComponentExit(null, null, Requested: true, ""));
        entry.MoveTo(ComponentState.Removed);
        Free(entry);
        _components.Remove(entry.Id);
        CountDown((entry.Provider, entry.Request.Name));
        _views = _views.Remove(entry.Id);
        entry.Removed.TrySetResult();
        IsChanged = true;
    }

    public void Connected(ProviderEntry provider, ResourceCapacity capacity, long commitsBefore)
    {
        provider.State = ProviderState.Connected;
        provider.Note = "";
        Report(provider, capacity, commitsBefore);
        provider.FirstAttempt.TrySetResult();
    }

    public void Lost(ProviderEntry provider, string reason)
    {
        provider.State = ProviderState.Unreachable;
        provider.Note = reason;
        IsChanged = true;
        provider.FirstAttempt.TrySetResult();
    }

    /// <summary>
    /// Takes in what a provider says to be free. The answer was under way while other things happened: it has surely counted what was
    /// committed before the question; everything newer is counted here, perhaps twice. That errs on the side of too little, and
    /// the next report corrects it; were it too much, the provider would refuse.
    /// </summary>
    public void Report(ProviderEntry provider, ResourceCapacity capacity, long commitsBefore)
    {
        provider.Total = capacity.Total;
        provider.Available = capacity.Available;
        foreach (var entry in _components.Values)
        {
            if (entry.Provider != provider)
            {
                continue;
            }

            if (entry.State == ComponentState.Exited)
            {
                entry.IsHeld = false;
            }
            else if (entry.CommitNumber <= commitsBefore)
            {
                entry.IsHeld = true;
            }
            else
            {
                Hold(entry);
            }
        }

        IsChanged = true;
    }

    /// <summary>What a provider runs. Components that were committed before the watch began and that it does not know have ended unseen.</summary>
    public List<ComponentEntry> Listed(ProviderEntry provider, ImmutableArray<ComponentId> running, long commitsBefore)
    {
        var known = running.ToHashSet();
        var gone = _components.Values.Where(e => e.Provider == provider && e.CommitNumber <= commitsBefore && !known.Contains(e.Id)).ToList();
        foreach (var entry in gone)
        {
            Exited(entry, ComponentExit.Vanished($"it ended while provider '{provider.Provider.Id}' was not connected"));
        }

        return gone;
    }

    private ProviderEntry Choose(List<ProviderEntry> able, ComponentRequest request)
    {
        var candidates = able.Select(p => new PlacementCandidate(
            p.Provider.Id, p.Total, p.Available, _sameName.GetValueOrDefault((p, request.Name)))).ToArray();
        var policy = policies.Get(request.Policy ?? defaultPolicy);
        var chosen = policy.Choose(candidates, new PlacementContext(request, random));
        return (uint)chosen < (uint)able.Count
            ? able[chosen]
            : throw new PlacementException($"Placement policy '{policy.Name}' chose candidate {chosen} of {able.Count}. Correct its Choose method ({policy.GetType()}).");
    }

    private void Move(ComponentEntry entry, ComponentState next)
    {
        entry.MoveTo(next);
        Show(entry, null);
    }

    private void Hold(ComponentEntry entry)
    {
        entry.IsHeld = true;
        entry.Provider.Available -= entry.Amounts;
    }

    private void Free(ComponentEntry entry)
    {
        if (entry.IsHeld)
        {
            entry.IsHeld = false;
            var more = entry.Provider.Available + entry.Amounts;
            var total = entry.Provider.Total;

            // A report may have counted the end already: never more than there is.
            entry.Provider.Available = new ResourceAmounts(
                Math.Min(more.CpuMillicores, total.CpuMillicores), Math.Min(more.MemoryBytes, total.MemoryBytes), Math.Min(more.Gpus, total.Gpus));
        }
    }

    private void CountDown((ProviderEntry Provider, string Name) key)
    {
        if (--_sameName[key] == 0)
        {
            _sameName.Remove(key);
        }
    }

    private void Show(ComponentEntry entry, ComponentExit? exit)
    {
        _views = _views.SetItem(entry.Id, new ComponentView(
            entry.Id, entry.Request.Name, entry.Request.Runtime, entry.Provider.Provider.Id, entry.State, entry.Request.Resources, exit));
        IsChanged = true;
    }
}
