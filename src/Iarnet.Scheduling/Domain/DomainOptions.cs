namespace Iarnet.Scheduling;

/// <summary>How a <see cref="DomainResourceManager"/> places and waits. Read once, by its constructor.</summary>
public sealed class DomainOptions
{
    /// <summary>The placement policy of requests that name none. "least-loaded" by default.</summary>
    public string Policy { get; set; } = PlacementPolicies.LeastLoaded;

    /// <summary>How long a reservation lives until the provider has started the component; then it is undone and the next provider tried. 60 seconds by default.</summary>
    public TimeSpan ReservationLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one attempt to connect, to refresh or to check a provider may take. 10 seconds by default.</summary>
    public TimeSpan ProviderLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request waits for providers whose first attempt to connect is not over. 10 seconds by default.</summary>
    public TimeSpan FirstConnectLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a connected provider is checked and its free resources are read again. 5 seconds by default.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait after a first failed attempt (to connect, to undeploy); it doubles with each further one. 500 milliseconds by default.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Where that wait stops growing. 30 seconds by default.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the release of a component is waited for, and how long one attempt of a provider at it may take. 15 seconds by default.</summary>
    public TimeSpan ReleaseLimit { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long disposing the manager waits for its components to be gone. 10 seconds by default.</summary>
    public TimeSpan DisposeLimit { get; set; } = TimeSpan.FromSeconds(10);

    internal void Validate()
    {
        var waits = new (string Name, TimeSpan Value)[]
        {
            (nameof(ReservationLimit), ReservationLimit), (nameof(ProviderLimit), ProviderLimit), (nameof(FirstConnectLimit), FirstConnectLimit),
            (nameof(RefreshInterval), RefreshInterval), (nameof(RetryDelay), RetryDelay), (nameof(MaxRetryDelay), MaxRetryDelay),
            (nameof(ReleaseLimit), ReleaseLimit), (nameof(DisposeLimit), DisposeLimit),
        };
        var wrong = waits.Where(w => w.Value <= TimeSpan.Zero || w.Value > TimeSpan.FromDays(1)).Select(w => $"{w.Name} is {w.Value}").ToArray();
        if (wrong.Length > 0)
        {
            throw new ArgumentException($"DomainOptions cannot be used: {string.Join("; ", wrong)}; expected more than zero and at most one day.");
        }
    }
}
