using Iarnet.Bus.Security;

namespace Iarnet.Bus.Tests.Security;

public sealed class SodiumTests
{
    [Fact]
    public void A_missing_library_is_named_with_its_package()
    {
        var problem = Sodium.Examine("libsodium-of-nowhere.so.1");
        Assert.Contains("needs libsodium, which was not found", problem, StringComparison.Ordinal);
        Assert.Contains("libsodium23 on Debian", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_another_is_not_called()
    {
        var problem = Sodium.Examine("libc.so.6");
        Assert.Contains("has no sodium_init", problem, StringComparison.Ordinal);
        Assert.Contains("libsodium23 on Debian", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_one_that_is_there_works() => Sodium.Require();

    [Fact]
    public void Buffers_of_a_wrong_size_do_not_reach_native_code()
    {
        var (key, nonce, text) = (new byte[Sodium.KeySize], new byte[Sodium.NonceSize], new byte[64]);
        Assert.Throws<ArgumentException>(() => Sodium.Seal(text, nonce, key, new byte[79]));
        Assert.Throws<ArgumentException>(() => Sodium.Seal(text, new byte[23], key, new byte[80]));
        Assert.Throws<ArgumentException>(() => Sodium.Seal(text, nonce, new byte[31], new byte[80]));
        Assert.Throws<ArgumentException>(() => Sodium.TryOpen(new byte[15], nonce, key, text));
        Assert.Throws<ArgumentException>(() => Sodium.TryOpen(new byte[81], nonce, key, text));
        Assert.Throws<ArgumentException>(() => Sodium.Mix(text, new byte[8], 0, key, new byte[63]));
        Assert.Throws<ArgumentException>(() => Sodium.Mix(text, new byte[7], 0, key, text));
        Assert.Throws<ArgumentException>(() => Sodium.Authenticate(text, key, new byte[15]));
        Assert.Throws<ArgumentException>(() => Sodium.StreamKey(new byte[15], key, new byte[32]));
        Assert.Throws<ArgumentException>(() => Sodium.TrySharedKey(key, new byte[33], new byte[32]));
        Assert.Throws<ArgumentException>(() => Sodium.PublicKey(key, new byte[31]));
    }
}
