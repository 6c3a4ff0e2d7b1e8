namespace Iarnet.Bus;

/// <summary>Lets in the clients of CURVE whose public keys it was given, and nobody else. Thread-safe.</summary>
public sealed class CurveAuthenticator : IAuthenticator
{
    private readonly HashSet<CurveKey> _allowed;

    /// <summary>Takes a copy of the keys.</summary>
    public CurveAuthenticator(IEnumerable<CurveKey> allowed)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        _allowed = [.. allowed];
    }

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(request.PublicKey switch
        {
            null => AuthenticationResult.Deny($"a client of {request.Mechanism} has no key, and this socket lets in known keys of CURVE only"),
            { } key when _allowed.Contains(key) => AuthenticationResult.Accept(key.ToString()),
            { } key => AuthenticationResult.Deny($"the key {key} is not among the {_allowed.Count} that are let in"),
        });
    }
}
