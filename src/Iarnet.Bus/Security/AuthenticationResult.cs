namespace Iarnet.Bus;

/// <summary>What an <see cref="IAuthenticator"/> decided.</summary>
public sealed class AuthenticationResult
{
    private AuthenticationResult(bool accepted, string userId, string reason)
    {
        Accepted = accepted;
        UserId = userId;
        Reason = reason;
    }

    /// <summary>Whether the client is let in.</summary>
    public bool Accepted { get; }

    /// <summary>Who the client is: its identity can be taken over only by a connection of the same user. Empty: the user name, or the key, stands for it.</summary>
    public string UserId { get; }

    /// <summary>Why the client is refused. Empty when it is let in.</summary>
    public string Reason { get; }

    /// <summary>Lets the client in, under a name that a client of another name cannot take over identities from. Empty: the user name of PLAIN or the key of CURVE is the name.</summary>
    public static AuthenticationResult Accept(string userId)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return new(accepted: true, userId, "");
    }

    /// <summary>Refuses the client. The reason is for this end's log and events; the client is told only that it was refused (code 400).</summary>
    public static AuthenticationResult Deny(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new(accepted: false, "", reason);
    }

    /// <inheritdoc/>
    public override string ToString() => Accepted ? $"accepted {UserId}" : $"refused: {Reason}";
}
