// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Anchor of a transparency log's checkpoints
/// @notice Keeps the size and the RFC 6962 root of one log, checkpoint by checkpoint, where whoever runs the log cannot take
/// them back. Writers add checkpoints, and sizes only grow. Attesters say that they came to the same root themselves; when
/// enough of them did, a checkpoint is confirmed for good. Anybody reads.
/// @dev Holds no funds, calls no other contract, and cannot be upgraded: what it promises today it promises always. It does not
/// check proofs or signatures. The signed note goes into the event as it is, and whoever audits checks it off the chain.
contract CheckpointAnchor {
    enum Role {
        Writer,
        Attester
    }

    struct Checkpoint {
        /// Root of the RFC 6962 tree over the first `size` leaves. Zero: no checkpoint of this size.
        bytes32 root;
        address writer;
        /// Seconds since 1970, as the block says.
        uint64 timestamp;
        /// Where the event with the signed note stands.
        uint64 blockNumber;
        /// Different attesters who said that this is the root.
        uint16 attestations;
        /// As many as were asked for at that time have attested. It stays so.
        bool confirmed;
    }

    /// @notice Longest note that is taken, in bytes. Checkpoints with their signatures have fewer than 1,000.
    uint256 public constant NOTE_AT_MOST = 16_384;

    /// @notice Grants and revokes roles, pauses, and sets the threshold. Cannot write checkpoints unless it is a writer too.
    address public admin;
    /// @notice Who becomes admin by accepting; zero: nobody.
    address public pendingAdmin;
    /// @notice While paused nothing is published or attested. Reading and administration go on.
    bool public paused;
    /// @notice Different attesters who must agree before a checkpoint is confirmed. At least one.
    uint16 public threshold;
    /// @notice Size of the newest checkpoint; zero: there is none.
    uint64 public latestSize;

    mapping(Role role => mapping(address account => bool)) private _members;
    mapping(uint64 size => Checkpoint) private _checkpoints;
    mapping(uint64 size => mapping(address attester => bool)) private _attested;

    event CheckpointPublished(uint64 indexed size, bytes32 indexed root, address indexed writer, string note);
    event CheckpointAttested(uint64 indexed size, bytes32 indexed root, address indexed attester, uint16 attestations);
    event CheckpointConfirmed(uint64 indexed size, bytes32 indexed root, uint16 attestations);
    event RoleGranted(Role indexed role, address indexed account);
    event RoleRevoked(Role indexed role, address indexed account);
    event AdminProposed(address indexed admin, address indexed pendingAdmin);
    event AdminChanged(address indexed previousAdmin, address indexed admin);
    event ThresholdChanged(uint16 previousThreshold, uint16 threshold);
    event PausedChanged(bool paused);

    error NotAdmin(address account);
    error NotPendingAdmin(address account);
    error NotWriter(address account);
    error NotAttester(address account);
    error IsPaused();
    error ZeroAddress();
    error ZeroThreshold();
    error EmptyCheckpoint();
    error NoteTooLong(uint256 length);
    /// @notice A larger checkpoint is there already.
    error NotLarger(uint64 size, uint64 latestSize);
    /// @notice A checkpoint of this size is there, with another root: somebody shows two histories.
    error OtherRoot(uint64 size, bytes32 root);
    error UnknownCheckpoint(uint64 size);
    /// @notice Whoever published a checkpoint is no second witness of it.
    error OwnCheckpoint(uint64 size);

    modifier onlyAdmin() {
        if (msg.sender != admin) revert NotAdmin(msg.sender);
        _;
    }

    modifier whenNotPaused() {
        if (paused) revert IsPaused();
        _;
    }

    /// @param firstAdmin Not necessarily the deployer.
    /// @param writers First writers; may be none.
    /// @param attesters First attesters; may be none.
    /// @param firstThreshold Attestations that confirm a checkpoint. It may be more than there are attesters: then nothing is
    /// confirmed until there are enough of them.
    constructor(address firstAdmin, address[] memory writers, address[] memory attesters, uint16 firstThreshold) {
        if (firstAdmin == address(0)) revert ZeroAddress();
        admin = firstAdmin;
        emit AdminChanged(address(0), firstAdmin);
        _setThreshold(firstThreshold);
        for (uint256 i = 0; i < writers.length; i++) _grant(Role.Writer, writers[i]);
        for (uint256 i = 0; i < attesters.length; i++) _grant(Role.Attester, attesters[i]);
    }

    /// @notice Adds a checkpoint. One that is there with the same root is left as it is and changes nothing, so that a repeat
    /// after a lost answer is harmless.
    /// @param size Leaves of the log; larger than that of every checkpoint before.
    /// @param root RFC 6962 root over them.
    /// @param note The signed checkpoint (C2SP tlog-checkpoint), kept in the event.
    function publish(uint64 size, bytes32 root, string calldata note) external whenNotPaused {
        if (!_members[Role.Writer][msg.sender]) revert NotWriter(msg.sender);
        if (size == 0 || root == bytes32(0)) revert EmptyCheckpoint();
        if (bytes(note).length > NOTE_AT_MOST) revert NoteTooLong(bytes(note).length);
        bytes32 known = _checkpoints[size].root;
        if (known == root) return;
        if (known != bytes32(0)) revert OtherRoot(size, known);
        if (size < latestSize) revert NotLarger(size, latestSize);
        latestSize = size;
        _checkpoints[size] = Checkpoint(root, msg.sender, uint64(block.timestamp), uint64(block.number), 0, false);
        emit CheckpointPublished(size, root, msg.sender, note);
    }

    /// @notice Says: I came to this root of this size myself. The same attester counts once; what an attester said stays said
    /// when the role is revoked. Saying it again after the threshold was lowered confirms the checkpoint.
    function attest(uint64 size, bytes32 root) external whenNotPaused {
        if (!_members[Role.Attester][msg.sender]) revert NotAttester(msg.sender);
        Checkpoint storage checkpoint = _checkpoints[size];
        if (checkpoint.root == bytes32(0)) revert UnknownCheckpoint(size);
        if (checkpoint.root != root) revert OtherRoot(size, checkpoint.root);
        if (checkpoint.writer == msg.sender) revert OwnCheckpoint(size);
        if (!_attested[size][msg.sender]) {
            _attested[size][msg.sender] = true;
            checkpoint.attestations += 1;
            emit CheckpointAttested(size, root, msg.sender, checkpoint.attestations);
        }
        if (!checkpoint.confirmed && checkpoint.attestations >= threshold) {
            checkpoint.confirmed = true;
            emit CheckpointConfirmed(size, root, checkpoint.attestations);
        }
    }

    /// @notice The newest checkpoint; size and root are zero where there is none.
    function latest() external view returns (uint64 size, Checkpoint memory checkpoint) {
        return (latestSize, _checkpoints[latestSize]);
    }

    /// @notice The checkpoint of exactly this size; its root is zero where there is none.
    function bySize(uint64 size) external view returns (Checkpoint memory) {
        return _checkpoints[size];
    }

    /// @notice How many different attesters agreed to the checkpoint of this size, and whether that was enough.
    function attestations(uint64 size) external view returns (uint16 count, bool confirmed) {
        Checkpoint storage checkpoint = _checkpoints[size];
        return (checkpoint.attestations, checkpoint.confirmed);
    }

    function hasAttested(uint64 size, address attester) external view returns (bool) {
        return _attested[size][attester];
    }

    function hasRole(Role role, address account) external view returns (bool) {
        return _members[role][account];
    }

    function grant(Role role, address account) external onlyAdmin {
        _grant(role, account);
    }

    function revoke(Role role, address account) external onlyAdmin {
        if (!_members[role][account]) return;
        _members[role][account] = false;
        emit RoleRevoked(role, account);
    }

    /// @notice First step of a handover. Zero takes an open proposal back. Until the other accepts, nothing changes.
    function proposeAdmin(address account) external onlyAdmin {
        pendingAdmin = account;
        emit AdminProposed(admin, account);
    }

    /// @notice Second step: the proposed account shows that it can act. The admin before it is none from then on.
    function acceptAdmin() external {
        if (msg.sender != pendingAdmin) revert NotPendingAdmin(msg.sender);
        emit AdminChanged(admin, msg.sender);
        admin = msg.sender;
        pendingAdmin = address(0);
    }

    /// @notice Holds for attestations from now on. What was confirmed stays confirmed.
    function setThreshold(uint16 next) external onlyAdmin {
        _setThreshold(next);
    }

    function setPaused(bool next) external onlyAdmin {
        if (paused == next) return;
        paused = next;
        emit PausedChanged(next);
    }

    function _setThreshold(uint16 next) private {
        if (next == 0) revert ZeroThreshold();
        emit ThresholdChanged(threshold, next);
        threshold = next;
    }

    function _grant(Role role, address account) private {
        if (account == address(0)) revert ZeroAddress();
        if (_members[role][account]) return;
        _members[role][account] = true;
        emit RoleGranted(role, account);
    }
}
