using System.Collections.Immutable;

namespace Iarnet.Scheduling;

public sealed partial class DomainResourceManager
{
    /// <summary>
    /// Places a component and starts it. Providers are chosen by what is known about them; when none fits, they are asked afresh; one that
    /// refuses or does not start the component within <see cref="DomainOptions.ReservationLimit"/> is passed over for the next.
    /// </summary>
    /// <returns>The component, started but not necessarily ready. Dispose it to end the component.</returns>
    /// <exception cref="PlacementException">No provider takes it: the text has each one's reason. Or the id is in use.</exception>
    /// <exception cref="ArgumentException">The request names an unknown policy or a negative amount.</exception>
    /// <exception cref="InvalidOperationException">The manager was not started.</exception>
    /// <exception cref="ObjectDisposedException">The manager has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; what was begun is undone in the background.</exception>
    public async ValueTask<ComponentLease> DeployAsync(ComponentRequest request, CancellationToken cancellationToken = default)
    {
        Check(request);
        var began = _time.GetTimestamp();
        var refused = new Dictionary<ProviderEntry, (string Why, bool IsFinal)>();
        for (var isFresh = false; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (entry, refusals) = await _loop.AskAsync(() => Reserve(request, refused.ToDictionary(r => r.Key, r => r.Value.Why))).ConfigureAwait(false);
            if (entry is not null)
            {
                if (await TryStartAsync(entry, cancellationToken).ConfigureAwait(false) is not { } refusal)
                {
                    SchedulingMetrics.Placed(_time.GetElapsedTime(began));
                    return new ComponentLease(this, entry);
                }

                refused[entry.Provider] = refusal;
                LogRefused(_logger, entry.Id, entry.Provider.Provider.Id, refusal.Why);
                if (request.Id is not null)
                {
                    // The next attempt needs the id again.
                    await Patience.WaitAsync(entry.Removed.Task.WaitAsync(cancellationToken), _options.ReleaseLimit, _time).ConfigureAwait(false);
                }
            }
            else if (!isFresh)
            {
                isFresh = true;
                await RefreshAsync(cancellationToken).ConfigureAwait(false);

                // Room may have come free since a provider said no; one that failed in another way has had its chance.
                foreach (var (provider, _) in refused.Where(r => !r.Value.IsFinal).ToArray())
                {
                    refused.Remove(provider);
                }
            }
            else
            {
                SchedulingMetrics.Refused();
                throw new PlacementException(refusals.IsEmpty
                    ? $"Component '{request.Name}' cannot be placed: there is no provider. Add one."
                    : $"No provider takes component '{request.Name}' (runtime '{request.Runtime}', {request.Resources}). {string.Join("; ", refusals)}. Ask for less, wait until something ends, or add a provider.");
            }
        }
    }

    private void Check(ComponentRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_life)
        {
            ObjectDisposedException.ThrowIf(_disposing is not null, this);
            if (_running is null)
            {
                throw new InvalidOperationException("The manager was not started. Call StartAsync before DeployAsync.");
            }
        }

        if (request.Policy is { } policy)
        {
            _policies.Get(policy);
        }

        var asked = request.Resources.Amounts;
        if (asked.CpuMillicores < 0 || asked.MemoryBytes < 0 || asked.Gpus < 0)
        {
            throw new ArgumentException($"Component '{request.Name}' asks for a negative amount ({asked}).", nameof(request));
        }
    }

    private (ComponentEntry? Entry, ImmutableArray<string> Refusals) Reserve(ComponentRequest request, IReadOnlyDictionary<ProviderEntry, string> refused)
    {
        // In the loop, so that none slips in behind the removal of all.
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        var entry = _book.TryReserve(request, refused, out var refusals);
        return (entry, refusals);
    }

    /// <summary>Null when the component was started; otherwise why not. A failed attempt is undone in the background and stays reserved until then.</summary>
    private async Task<(string Why, bool IsFinal)?> TryStartAsync(ComponentEntry entry, CancellationToken cancellationToken)
    {
        var provider = entry.Provider.Provider;
        using var expiry = new CancellationTokenSource(_options.ReservationLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken, _closing.Token);
        var token = either.Token;
        try
        {
            await _loop.AskAsync(() =>
            {
                _book.Deploying(entry);
                var spec = entry.Spec;
                return entry.Deployment = Task.Run(() => provider.DeployAsync(spec, token).AsTask(), CancellationToken.None);
            }).ConfigureAwait(false);
            await entry.Deployment.WaitAsync(token).ConfigureAwait(false);
            await _loop.AskAsync(() =>
            {
                ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
                _book.Commit(entry);
                return true;
            }).ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            var refusal = e switch
            {
                PlacementException => (e.Message, false),
                OperationCanceledException when expiry.IsCancellationRequested => ($"did not start it within {_options.ReservationLimit}", true),
                _ => ($"failed to start it: {e.Message}", true),
            };
            _loop.Post(() =>
            {
                _book.Fail(entry, refusal.Item1);
                BeginRemoval(entry);
            });
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            return refusal;
        }
    }

    /// <summary>Waits for first attempts to connect, then for fresh reports of every connected provider; each wait has its limit.</summary>
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var first = Task.WhenAll(_book.Providers.Select(p => p.FirstAttempt.Task));
        await Patience.WaitAsync(first.WaitAsync(cancellationToken), _options.FirstConnectLimit, _time).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var refreshing = await _loop.AskAsync(() => _links.Select(l => l.BeginRefresh()).ToArray()).ConfigureAwait(false);
        await Task.WhenAll(refreshing).WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
