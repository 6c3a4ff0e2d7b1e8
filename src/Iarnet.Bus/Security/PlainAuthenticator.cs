using System.Security.Cryptography;
using System.Text;

namespace Iarnet.Bus;

/// <summary>
/// Lets in the clients of PLAIN whose user name and password it was given, and nobody else. How long it takes tells neither whether
/// the user exists nor how much of the password is right. Thread-safe.
/// </summary>
public sealed class PlainAuthenticator : IAuthenticator
{
    // Digests under a key of this process have one length, and say nothing to who reads its memory later.
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, byte[]> _digests;
    private readonly byte[] _nobody = RandomNumberGenerator.GetBytes(32);

    /// <summary>Takes a copy of the passwords by user name, as digests.</summary>
    public PlainAuthenticator(IReadOnlyDictionary<string, string> passwords)
    {
        ArgumentNullException.ThrowIfNull(passwords);
        _digests = passwords.ToDictionary(pair => pair.Key, pair => Digest(pair.Value), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.UserName is not { } user || request.Password is not { } password)
        {
            return new(AuthenticationResult.Deny($"a client of {request.Mechanism} has no user name and password, and this socket lets in users of PLAIN only"));
        }

        var known = _digests.TryGetValue(user, out var expected);
        var same = CryptographicOperations.FixedTimeEquals(Digest(password), expected ?? _nobody);
        return new(known & same
            ? AuthenticationResult.Accept(user)
            : AuthenticationResult.Deny(known ? $"wrong password for the user '{user}'" : $"unknown user '{user}'"));
    }

    private byte[] Digest(string password) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(password));
}
